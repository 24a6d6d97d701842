"""The daily comparison of leases with PostgreSQL's roles, carried out: each difference is told; what may go, goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from pg8000.exceptions import DatabaseError

from shared.audit.chain import OPERATIONS, Entry
from shared.audit.store import record
from shared.credentials.compare import Difference, compare
from shared.credentials.credentials import DatabaseCredentials
from shared.credentials.roles import close_role, drop_role, roles, terminate_sessions
from shared.events.access import DatabaseRoleSettled, DatabaseRoleUnexpected
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.moments import stamp
from shared.platform.postgres import sqlstate

_NOT_OURS: Final = "42501"

if TYPE_CHECKING:
    from shared.credentials.store import LeaseStore
    from shared.platform.postgres import Database


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    roles: int
    leases: int
    differences: tuple[Difference, ...]
    ended: tuple[str, ...]


def reconcile(database: "Database", store: "LeaseStore", now: datetime) -> Reconciled:
    """Raises ``PostgresUnavailable``, ``AwsUnavailable``, ``AwsRefused``: then nothing is known."""
    with database.transaction() as connection:
        present = roles(connection)
    leases = store.all_open()  # after the roles: the lease of a role is older than the role itself
    differences = compare(present, leases, now)
    _tell(store, differences, now)
    ended = [one.role for one in differences if one.lease and _end(database, store, one, now)]
    return Reconciled(roles=len(present), leases=len(leases), differences=tuple(differences), ended=tuple(ended))


def _tell(store: "LeaseStore", differences: Sequence[Difference], now: datetime) -> None:
    """Once per role; and of those that were told before, which are right again: a comparison says so, not who mended it."""
    wrong: dict[str, list[str]] = {}
    for one in differences:
        wrong.setdefault(one.role, []).append(one.why)
    for role, whys in wrong.items():
        why = "; ".join(whys)
        store.tell_unexpected(DatabaseRoleUnexpected(id=_event_id(role, now), at=stamp(now), role=role, why=why))
    for role in set(store.unexpected_roles()) - set(wrong):
        why = "it is gone, or as it should be"
        store.tell_settled(DatabaseRoleSettled(id=f"{_event_id(role, now)}-settled", at=stamp(now), role=role, why=why))


def _event_id(role: str, now: datetime) -> str:
    return f"database-role-{role}-{stamp(now)}"


def _end(database: "Database", store: "LeaseStore", difference: Difference, now: datetime) -> bool:
    """A temporary role that should not be there, or a lease without a role."""
    lease = store.get(str(difference.lease))
    if lease is not None and lease.state != "ended":
        try:
            DatabaseCredentials(database, store).end(lease, _entry(difference, now), difference.why, now)
        except Overtaken:
            return False
        return True
    try:
        _drop(database, difference, now)
    except DatabaseError as error:
        if sqlstate(error) != _NOT_OURS:
            raise
        return False  # a superuser made it, and only a superuser can drop it: people are told
    return True


def _drop(database: "Database", difference: Difference, now: datetime) -> None:
    with database.transaction() as connection:
        close_role(connection, difference.role)
    with database.transaction([OPERATIONS]) as connection:
        terminate_sessions(connection, difference.role)
        drop_role(connection, difference.role)
        record(connection, _entry(difference, now))


def _entry(difference: Difference, now: datetime) -> Entry:
    return Entry(
        id=uuid5(NAMESPACE_URL, f"{difference.role}#{stamp(now)}"), organisation_id=OPERATIONS,
        actor="function:credential_reconciliation", action="database-credential.end",
        subject=f"database-role/{difference.role}"[:300], reason=difference.why[:2000],
    )  # fmt: skip
