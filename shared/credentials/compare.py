"""The daily comparison of leases with PostgreSQL's own roles. Pure: what is there, what should be, what is wrong."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.credentials.lease import Lease, id_of
from shared.credentials.roles import Role
from shared.platform.logins import SERVICES, base_of

OWNER: Final = "p09_admin"
_GROUPS: Final = frozenset({"p09_reader", "p09_writer"})
_PROVIDERS: Final = ("rds", "rdsadmin", "rds_", "postgres")
_LATE: Final = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """``lease`` is that of a temporary role that may be ended on the spot."""

    role: str
    why: str
    lease: str | None = None


def compare(roles: Sequence[Role], leases: Iterable[Lease], now: datetime) -> list[Difference]:
    """Whatever is not as the open leases and the system's own roles say."""
    known = {lease.role: lease for lease in leases}
    present = {role.name for role in roles}
    found = [difference for role in roles for difference in _of_role(role, known.get(role.name), now)]
    return found + [
        Difference(role=lease.role, why="its lease runs, and PostgreSQL has no such role", lease=lease.id)
        for lease in known.values()
        if lease.state == "active" and lease.role not in present
    ]


def _of_role(role: Role, lease: Lease | None, now: datetime) -> Iterator[Difference]:
    if role.name.startswith(_PROVIDERS):
        return
    if id_of(role.name) is not None:
        yield from _of_temporary(role, lease, now)
    elif role.name == OWNER:
        if role.is_super:
            yield Difference(role=role.name, why="it is a superuser")
    elif base_of(role.name) in SERVICES or role.name in _GROUPS:
        yield from _of_service(role)
    elif role.can_login or role.groups or role.sessions:
        yield Difference(role=role.name, why="nobody of this system made it: it may have been made by hand")


def _of_service(role: Role) -> Iterator[Difference]:
    service = base_of(role.name)
    if rights := _rights(role):
        yield Difference(role=role.name, why=f"it may do more than it was made for: {rights}")
    if more := role.groups - {service}:
        yield Difference(role=role.name, why=f"it is a member of {', '.join(sorted(more))}")
    if role.name in _GROUPS and role.can_login:
        yield Difference(role=role.name, why="it is a group and can log in")


def _of_temporary(role: Role, lease: Lease | None, now: datetime) -> Iterator[Difference]:
    if lease is None:
        yield Difference(role=role.name, why="it is there without a lease", lease=id_of(role.name))
        return
    if lease.ends_at() + _LATE < now:
        yield Difference(role=role.name, why="it has outlived its lease", lease=lease.id)
    if rights := _rights(role):
        yield Difference(role=role.name, why=f"it may do more than its lease says: {rights}")
    allowed = {"p09_reader", "p09_writer"} if lease.access == "write" else {"p09_reader"}
    if more := role.groups - allowed:
        yield Difference(
            role=role.name, why=f"it is a member of {', '.join(sorted(more))}, which its lease does not say"
        )
    if role.valid_until is None or role.valid_until > lease.expires_at:
        yield Difference(role=role.name, why="it is valid for longer than its lease")


def _rights(role: Role) -> str:
    rights = {
        "superuser": role.is_super,
        "making roles": role.may_create_roles,
        "passing row-level security": role.bypasses_row_security,
    }
    return ", ".join(name for name, has in rights.items() if has)
