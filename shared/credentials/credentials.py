"""Temporary database credentials: issued with a reason, and really ended, whoever died meanwhile.

The lease is written before the role is made, outside of the database. Whoever finds it later, the API, the minute's run, the day's
comparison, can end it from that alone: no new sessions, the old ones terminated, the role dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from shared.audit.chain import OPERATIONS, Entry
from shared.audit.store import record
from shared.credentials.lease import Lease
from shared.credentials.roles import close_role, drop_role, make_role, terminate_sessions
from shared.events.access import (
    BreakGlassApproved,
    BreakGlassUnapproved,
    DatabaseCredentialEnded,
    DatabaseCredentialIssued,
)
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.failures import PostgresUnavailable
from shared.platform.moments import stamp

if TYPE_CHECKING:
    from shared.credentials.store import LeaseStore
    from shared.platform.postgres import Database
    from shared.platform.secret import Secret

_TERMINATIONS: Final = 5
_ENDS: Final = UUID("5d0c3f9e-6f43-4f1d-9a57-0b7f3f1f7c5e")


class StillInUse(Exception):
    """Sessions of the role outlived their termination; the next run tries again."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a run over the open leases did; ``waiting`` are those that PostgreSQL did not let it end yet."""

    ended: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    unapproved: tuple[str, ...] = ()


class DatabaseCredentials:
    def __init__(self, database: "Database", store: "LeaseStore") -> None:
        self._database = database
        self._store = store

    def issue(self, lease: Lease, password: "Secret", entry: Entry) -> Lease:
        """Make the role; the password is known to the caller alone. Raises what PostgreSQL and the table raise.

        Where it breaks off, the lease stays at ``issuing`` and is ended after two minutes.
        """
        self._store.add(lease)
        with self._database.transaction([OPERATIONS]) as connection:
            make_role(connection, lease, password)
            record(connection, entry)
        active = replace(lease, state="active")
        told = DatabaseCredentialIssued(
            id=f"{lease.id}-issued", at=stamp(lease.issued_at), reason=lease.reason, **_of(lease)
        )
        self._store.change(lease, active, told)
        return active

    def end(self, lease: Lease, entry: Entry, why: str, now: datetime) -> Lease:
        """End a lease whatever state it is in; ending it twice does no harm.

        Raises
        ------
        PostgresUnavailable
            the server is down: nothing is sure yet, do it again
        StillInUse
            a session would not go
        Overtaken
            somebody else has just ended it
        """
        with self._database.transaction() as connection:
            exists = close_role(connection, lease.role)
        if exists:
            self._terminate(lease.role)
        with self._database.transaction([OPERATIONS]) as connection:
            drop_role(connection, lease.role)
            # By an id of its own: however often the end is tried, the trail tells it once.
            record(connection, replace(entry, id=uuid5(_ENDS, lease.id)))
        ended = replace(lease, state="ended", ended_at=now, ended_why=why)
        self._store.change(
            lease, ended,
            DatabaseCredentialEnded(id=f"{lease.id}-ended", at=stamp(now), reason=why, **_of(lease)),
        )  # fmt: skip
        return ended

    def end_due(self, clock: Callable[[], datetime], wait: Callable[[timedelta], None], *, ahead: timedelta) -> Report:
        """End every lease that is over, and wait for those that are within ``ahead``, so that they end to the second."""
        ended, waiting = [], []
        for lease in self._store.all_open():
            if lease.ends_at() > clock() + ahead:
                break
            if (rest := lease.ends_at() - clock()) > timedelta():
                wait(rest)
            try:
                self._end_as(lease, clock())
                ended.append(lease.id)
            except Overtaken:
                ended.append(lease.id)
            except (PostgresUnavailable, StillInUse):
                waiting.append(lease.id)
        return Report(ended=tuple(ended), waiting=tuple(waiting), unapproved=self._tell_unapproved(clock()))

    def _end_as(self, lease: Lease, now: datetime) -> None:
        reasons = {"issuing": "it was never handed out", "ending": lease.ended_why}
        why = reasons.get(lease.state) or "its time is over"
        entry = Entry(
            organisation_id=OPERATIONS, actor="function:credential_expiry", action="database-credential.end",
            subject=f"database-credential/{lease.id}", after={"role": lease.role}, reason=why,
        )  # fmt: skip
        self.end(lease, entry, why, now)

    def _terminate(self, role: str) -> None:
        for _ in range(_TERMINATIONS):
            with self._database.transaction() as connection:
                if not terminate_sessions(connection, role):
                    return
        raise StillInUse(role)

    def _tell_unapproved(self, now: datetime) -> tuple[str, ...]:
        late = [lease for lease in self._store.unapproved() if lease.lacks_approval(now)]
        for lease in late:
            told = BreakGlassUnapproved(id=f"{lease.id}-unapproved", at=stamp(now), reason=lease.reason, **_of(lease))
            self._store.forget_unapproved(lease, told)
        return tuple(lease.id for lease in late)


def approved_event(lease: Lease, reason: str, now: datetime) -> BreakGlassApproved:
    """What is told when a second person has approved it."""
    return BreakGlassApproved(
        id=f"{lease.id}-approved", at=stamp(now), reason=reason, approved_by=lease.approved_by, **_of(lease)
    )


def _of(lease: Lease) -> dict[str, Any]:
    return {
        "credential": lease.id, "role": lease.role, "by": lease.by, "access": lease.access,
        "until": stamp(lease.expires_at), "break_glass": lease.break_glass,
    }  # fmt: skip
