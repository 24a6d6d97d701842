"""What the API says of temporary database credentials."""

from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict

from shared.platform.views import view


@view
class CredentialView(TypedDict):
    """``role`` is the user name in PostgreSQL. A credential that is ``ending`` waits for PostgreSQL to come back. ``own``: who
    asks has it, and somebody else has to approve it if it is a break-glass."""

    id: str
    role: str
    by: str
    own: bool
    reason: str
    access: Literal["read", "write"]
    state: Literal["issuing", "active", "ending", "ended"]
    break_glass: bool
    approved_by: str
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_why: str


@view
class MadeCredential(CredentialView):
    """``password`` is shown here and never again."""

    password: str
    host: str
    port: int
    database: str


@view
class CredentialList(TypedDict):
    """Newest first; ``next_cursor`` is the ``cursor`` of the next page, null on the last."""

    credentials: list[CredentialView]
    next_cursor: str | None
