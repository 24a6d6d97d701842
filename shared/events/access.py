from typing import ClassVar

from shared.events.event import Told


class _AccessEvent(Told):
    source: ClassVar[str] = "p09.access"


class AuditAltered(_AccessEvent):
    """Rows of an audit trail are not as they were written; ``why`` says which. ``organisation`` is all zeros for P09's own."""

    organisation: str
    why: str


class _CredentialEvent(_AccessEvent):
    """``credential`` is the lease's id, ``role`` the temporary role in PostgreSQL; ``by`` has it, ``access`` is read or write."""

    credential: str
    role: str
    by: str
    access: str
    until: str
    break_glass: bool
    reason: str


class DatabaseCredentialIssued(_CredentialEvent):
    """Somebody can log in to PostgreSQL until ``until``."""


class DatabaseCredentialEnded(_CredentialEvent):
    """Role and sessions are gone; ``reason`` says why."""


class BreakGlassApproved(_CredentialEvent):
    """A second person has looked at a break-glass, in time or later; ``reason`` is what they say."""

    approved_by: str


class BreakGlassUnapproved(_CredentialEvent):
    """No second person has approved a break-glass in its time."""


class AccountAsked(_AccessEvent):
    """Something was asked for the account by which somebody signs in; ``account`` is its address, where it says what."""

    account: str


class _RoleEvent(_AccessEvent):
    role: str
    why: str


class DatabaseRoleUnexpected(_RoleEvent):
    """A role of PostgreSQL is not what the leases and this system know; ``why`` says what is wrong with it."""


class DatabaseRoleSettled(_RoleEvent):
    """A later comparison finds nothing wrong with it any more."""
