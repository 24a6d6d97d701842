"""Reads a database's content, and marks a moment in it, while traffic flows.

A mark is exact. A commit is written to the log before others see it, so a snapshot of a busy database corresponds to no
position in its log. For some milliseconds, therefore, all tables are locked against writers (not readers): everybody who
wrote has ended, the snapshot is taken, a whole second passes (Aurora restores to seconds), and the lock is let go. Whoever
commits before that second is in the snapshot, whoever commits after it is not; the checksums are computed afterwards, in
the snapshot, while everybody writes.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import identifier

from shared.backups.content import Content, Mark, TableContent

if TYPE_CHECKING:
    from pg8000.native import Connection

Connect = Callable[[], "Connection"]

ATTEMPTS: Final = 30
KEPT: Final = timedelta(days=100)  # of sentinels; longer than any point-in-time window
# Shorter than deadlock_timeout: in a deadlock it is we who give way, never the application.
_LOCK_TIMEOUT: Final = "300ms"
_LEAD_SECONDS: Final = 0.12
_LOCK_NOT_AVAILABLE: Final = "55P03"
_SESSION: Final = (
    "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set extra_float_digits = 1; "
    "set bytea_output = 'hex'"
)
_TABLES: Final = """
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname
"""
_INVALID: Final = """
    select 'Constraint ' || conname from pg_constraint where not convalidated and connamespace = 'public'::regnamespace
    union all
    select 'Index ' || c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
    order by 1
"""
_CHECKSUMS: Final = """
    select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text, coalesce(sum(hashtextextended(t::text, 1)), 0)::text
    from {table} as t
"""
_TO_THE_SECOND: Final = """
    select pg_sleep(greatest(ceil(extract(epoch from clock_timestamp())) - extract(epoch from clock_timestamp()) - :lead, 0))
"""


class MarkRefused(Exception):
    """No moment could be marked; the message says why."""


def read_content(connection: "Connection") -> Content:
    """Of all tables of the schema ``public``, in the current transaction's view."""
    connection.execute_simple(_SESSION)
    tables = [str(name) for (name,) in connection.run(_TABLES)]
    ((migrations,),) = connection.run("select coalesce(max(version), 0) from schema_migrations")
    return Content(
        tables={table: _table(connection, table) for table in tables},
        migrations=int(migrations),
        invalid=tuple(str(name) for (name,) in connection.run(_INVALID)),
    )


def read_sentinels(connection: "Connection", mark: str) -> list[str]:
    return [str(found) for (found,) in connection.run("select id from backup_sentinels where mark = :mark", mark=mark)]


def take_mark(connect: Connect, mark_id: str) -> Mark:
    """Mark the next whole second that can be had. Raises ``MarkRefused`` and pg8000's errors."""
    with ExitStack() as stack:
        writer, locker, reader = (stack.enter_context(connect()) for _ in range(3))
        _forget_sentinels(writer)
        sentinel_at = _write_sentinel(writer, mark_id, before := str(uuid4()), "before")
        at, stalled = _fix(locker, reader)
        _write_sentinel(writer, mark_id, after := str(uuid4()), "after")
        content = read_content(reader)
        reader.run("commit")
    return Mark(
        id=mark_id, at=at, sentinel=before, sentinel_at=sentinel_at, after=after, content=content,
        stalled_ms=int(stalled * 1000),
    )  # fmt: skip


def _forget_sentinels(connection: "Connection") -> None:
    """Of marks that no backup reaches any more."""
    connection.run(
        "delete from backup_sentinels where written_at < now() - make_interval(days => :days)", days=KEPT.days
    )


def _write_sentinel(connection: "Connection", mark_id: str, sentinel: str, side: str) -> datetime:
    ((written,),) = connection.run(
        "insert into backup_sentinels (id, mark, side) values (:id, :mark, :side) returning written_at",
        id=sentinel, mark=mark_id, side=side,
    )  # fmt: skip
    moment: datetime = written
    return moment.astimezone(UTC)


class _Busy(Exception):
    """Writers did not let go of this table in time."""


def _fix(locker: "Connection", reader: "Connection") -> tuple[datetime, float]:
    """Give the reader a snapshot that is exactly what was committed at a whole second."""
    tables = [str(name) for (name,) in locker.run(_TABLES)]
    for _ in range(ATTEMPTS):
        locker.run(_TO_THE_SECOND, lead=_LEAD_SECONDS)
        try:
            return _fix_once(locker, reader, tables)
        except _Busy as error:
            # Writers take it before those that we took: next time we do as well, and can't wait for each other.
            busy = str(error)
            tables = [busy, *(table for table in tables if table != busy)]
        finally:
            with suppress(DatabaseError, InterfaceError):
                locker.run("rollback")
    raise MarkRefused(
        f"{busy} was written to without a pause in {ATTEMPTS} attempts: a transaction stays open for long"
    )


def _fix_once(locker: "Connection", reader: "Connection", tables: Sequence[str]) -> tuple[datetime, float]:
    begun = time.monotonic()
    locker.run("begin isolation level repeatable read")
    locker.run(f"set local lock_timeout = '{_LOCK_TIMEOUT}'")
    for table in tables:
        _lock(locker, table)
    ((snapshot, now),) = locker.run("select pg_export_snapshot(), clock_timestamp()")
    at = _next_second(now)
    reader.run("begin isolation level repeatable read, read only")
    reader.run(f"set transaction snapshot '{snapshot}'")
    locker.run(_TO_THE_SECOND, lead=-0.002)
    locker.run("commit")
    return at, time.monotonic() - begun


def _lock(locker: "Connection", table: str) -> None:
    try:
        locker.run(f"lock table {identifier(table)} in share mode")
    except DatabaseError as error:
        if error.args[0].get("C") == _LOCK_NOT_AVAILABLE:
            raise _Busy(table) from error
        raise


def _next_second(now: datetime) -> datetime:
    floor = now.astimezone(UTC).replace(microsecond=0)
    return floor if now == floor else floor + timedelta(seconds=1)


def _table(connection: "Connection", table: str) -> TableContent:
    ((rows, first, second),) = connection.run(_CHECKSUMS.format(table=identifier(table)))
    return TableContent(rows=int(rows), first=str(first), second=str(second))
