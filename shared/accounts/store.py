"""Accounts in the operations table, each by its address, and whose sessions were ended when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, cast

from shared.accounts.model import Account, State, Wanted
from shared.events.access import AccountAsked
from shared.platform.aws.dynamodb import Item, Put, Table, Value, Write
from shared.platform.moments import moment, stamp
from shared.platform.outbox import leave

_ACCOUNTS: Final = "account"
ENDED: Final = "ended-session"
ENDED_KEPT: Final = timedelta(days=1)  # no token lives longer


class AccountStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, email: str) -> Account | None:
        found = self._table.get(_ACCOUNTS, email.lower())
        return _account(found) if found else None

    def all(self) -> list[Account]:
        """By their addresses."""
        return list(map(_account, self._table.query(_ACCOUNTS)))

    def ask(self, before: Account | None, after: Account) -> None:
        """What is to be done, and the event that has it done. Raises ``Overtaken``."""
        event = AccountAsked(id=after.order, at=stamp(after.asked_at), account=after.email)
        self._table.write([_put(before, after), leave(event)])

    def finish(self, before: Account | None, after: Account, *more: Write) -> None:
        """What came of it. Raises ``Overtaken``."""
        self._table.write([_put(before, after), *more])

    def end_sessions(self, subject: str, now: datetime) -> None:
        """Access tokens that somebody was given until now are good no longer."""
        until = int((now + ENDED_KEPT).timestamp())
        item: Item = {"pk": ENDED, "sk": subject, "ended_at": int(now.timestamp()), "expires_at": until}
        self._table.write([Put(item=item)])


def ended_sessions(table: Table) -> dict[str, int]:
    """Until when somebody's access tokens were ended, in seconds since the epoch, by their ``sub``."""
    return {str(item["sk"]): int(item["ended_at"]) for item in table.query(ENDED)}


def _put(before: Account | None, after: Account) -> Put:
    expect = {"version": before.version, "state": before.state} if before else {"version": None}
    return Put(item=_item(after), expect=expect)


def _item(account: Account) -> dict[str, Value]:
    return {
        "pk": _ACCOUNTS, "sk": account.email, "name": account.name, "roles": " ".join(account.roles),
        "wanted": account.wanted, "state": account.state, "detail": account.detail, "asked_by": account.asked_by,
        "asked_at": stamp(account.asked_at), "page": account.page, "version": account.version,
    }  # fmt: skip


def _account(item: Mapping[str, Value]) -> Account:
    text = {name: str(value) for name, value in item.items()}
    return Account(
        email=text["sk"], name=text["name"], roles=tuple(text["roles"].split()), wanted=cast("Wanted", text["wanted"]),
        state=cast("State", text["state"]), detail=text["detail"], asked_by=text["asked_by"],
        asked_at=moment(text["asked_at"]), page=text["page"], version=int(text["version"]),
    )  # fmt: skip
