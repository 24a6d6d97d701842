"""The lease of a temporary database credential: who has it, why, until when. Pure."""

import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.platform.actor import Actor
from shared.platform.secret import Secret

LONGEST: Final = timedelta(hours=8)
LONGEST_BREAK_GLASS: Final = timedelta(hours=1)
APPROVED_WITHIN: Final = timedelta(days=1)
ISSUED_WITHIN: Final = timedelta(minutes=2)
"""A lease that nobody confirmed by then belongs to an issuer that died: nobody was told the password."""
_PREFIX: Final = "p09_temp_"
_DIGITS: Final = string.digits + string.ascii_lowercase
_TIME_LENGTH: Final = 7
_RANDOM_LENGTH: Final = 5
_PASSWORD_LENGTH: Final = 32

Access = Literal["read", "write"]
State = Literal["issuing", "active", "ending", "ended"]


@dataclass(frozen=True, kw_only=True)
class Lease:
    """``ending`` waits for PostgreSQL; ``ended`` says that the role is gone. A break-glass needs a second person afterwards."""

    id: str
    by: str
    subject: str
    reason: str
    access: Access
    issued_at: datetime
    expires_at: datetime
    state: State = "issuing"
    break_glass: bool = False
    approved_by: str = ""
    ended_at: datetime | None = None
    ended_why: str = ""

    @property
    def role(self) -> str:
        """Its name in PostgreSQL."""
        return _PREFIX + self.id

    @property
    def holder(self) -> Actor:
        return Actor(name=self.by, subject=self.subject)

    def ends_at(self) -> datetime:
        """When it has to be gone."""
        match self.state:
            case "issuing":
                return min(self.expires_at, self.issued_at + ISSUED_WITHIN)
            case "ending":
                return self.issued_at
        return self.expires_at

    def lacks_approval(self, now: datetime) -> bool:
        return self.break_glass and not self.approved_by and now >= self.issued_at + APPROVED_WITHIN


def new_id(now: datetime) -> str:
    """Twelve letters and digits; ids follow each other as their seconds do."""
    seconds, letters = int(now.timestamp()), ""
    for _ in range(_TIME_LENGTH):
        seconds, place = divmod(seconds, len(_DIGITS))
        letters = _DIGITS[place] + letters
    return letters + "".join(secrets.choice(_DIGITS) for _ in range(_RANDOM_LENGTH))


def new_password() -> Secret:
    letters = string.ascii_letters + string.digits
    return Secret("".join(secrets.choice(letters) for _ in range(_PASSWORD_LENGTH)))


def id_of(role: str) -> str | None:
    """The lease of a role by its name; None for other roles."""
    return role.removeprefix(_PREFIX) if role.startswith(_PREFIX) else None
