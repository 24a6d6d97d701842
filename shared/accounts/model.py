"""An account, and what was asked for it. Who asks does not wait for Cognito: a function outside the VPC does it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.platform.refusals import NotAllowed, NotNow

Wanted = Literal["invited", "enabled", "disabled"]
State = Literal["pending", "invited", "enabled", "disabled", "failed"]

TEMPORARY_PASSWORD_LIFETIME: Final = timedelta(days=7)  # infra/stacks/access.py gives the pool the same


class Busy(NotNow):
    """What was asked before is still under way."""

    def __init__(self, email: str) -> None:
        super().__init__(f"what was asked for {email} before is still under way: try again in a minute")


class IsDisabled(NotNow):
    def __init__(self, email: str) -> None:
        super().__init__(f"the account of {email} is disabled: P09's leads enable it")


class OwnAccount(NotAllowed):
    def __init__(self) -> None:
        super().__init__("nobody disables or enables their own account: somebody else of P09's leads does")


@dataclass(frozen=True, kw_only=True)
class Account:
    """``roles`` are the operations roles; of a customer's person there are none. ``page`` is where the invitation leads,
    with what it takes there, and empty once it was sent. ``detail`` says why something failed."""

    email: str
    name: str
    roles: tuple[str, ...] = ()
    wanted: Wanted
    state: State = "pending"
    detail: str = ""
    asked_by: str
    asked_at: datetime
    page: str = ""
    version: int = 1

    @property
    def order(self) -> str:
        """The id of what was asked: the same as long as that is."""
        return f"{self.email}#{self.version}"

    def ended(self, state: State, detail: str = "") -> "Account":
        return replace(self, state=state, detail=detail, page="")


def ask(
    before: Account | None, wanted: Wanted, email: str, *, by: str, now: datetime,
    name: str = "", roles: tuple[str, ...] = (), page: str = "/",
) -> Account:  # fmt: skip
    """The account as it is to be. Raises ``Busy``, ``IsDisabled`` and ``OwnAccount``."""
    email = email.lower()
    if wanted != "invited" and by.lower() == email:
        raise OwnAccount
    if before is None:
        return Account(
            email=email, name=name or email, roles=roles, wanted=wanted, asked_by=by, asked_at=now,
            page=page if wanted == "invited" else "",
        )  # fmt: skip
    if before.state == "pending" and now - before.asked_at < timedelta(minutes=1):
        raise Busy(email)
    if wanted == "invited" and before.state == "disabled":
        raise IsDisabled(email)
    return replace(
        before, wanted=wanted, state="pending", detail="", asked_by=by, asked_at=now, roles=roles or before.roles,
        page=page if wanted == "invited" else "", version=before.version + 1,
    )  # fmt: skip
