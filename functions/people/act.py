"""The two ways in which something is asked: by an event, and by an administrator who invokes the function."""

from typing import Any, Final

from shared.accounts.carry_out import Ports, admit, carry_out
from shared.accounts.model import Account, ask
from shared.audit.chain import OPERATIONS, Entry
from shared.audit.pending import leave
from shared.events.access import AccountAsked

ADMINISTRATOR: Final = "an administrator of the AWS account"


def act_on(told: AccountAsked, ports: Ports) -> Account | None:
    """What became of it; None when it was done before, or something else was asked since."""
    account = ports.store.get(told.account)
    if account is None or account.state != "pending" or account.order != told.id:
        return None
    return carry_out(account, ports)


def let_in(asked: dict[str, Any], ports: Ports) -> dict[str, Any]:
    """The first person of a stage, whom nobody can invite yet. Whoever may invoke this function reads the password."""
    email, roles, now = str(asked["email"]).lower(), tuple(map(str, asked["roles"])), ports.clock()
    before = ports.store.get(email)
    account = ask(before, "invited", email, by=ADMINISTRATOR, now=now, name=str(asked["name"]), roles=roles)
    password = admit(account, ports.pool)
    entry = Entry(
        organisation_id=OPERATIONS, actor=ADMINISTRATOR, action="let_in_first_person", subject=email,
        after={"roles": list(roles)},
    )  # fmt: skip
    ports.store.finish(before, account.ended("invited" if password else "enabled"), leave(entry, now))
    return {"email": email, "temporary_password": password, "console": ports.console_url}
