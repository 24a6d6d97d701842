"""Plain SQL migrations: numbered files, applied once, in order, under a lock; a file that changed afterwards is refused.

The service goes on while a migration runs. So a migration first takes every lock that it needs, in one order; when it can't have
them at once, it lets go of them all and tries again later.
"""

import random
import re
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from shared.platform.failures import PostgresUnavailable
from shared.platform.postgres import sqlstate

DIRECTORY = Path(__file__).parent.parent / "migrations"
LOCKS: Final = "locks.toml"
_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_LOCK = "select pg_advisory_lock(hashtext('p09_migrations'))"
_UNLOCK = "select pg_advisory_unlock(hashtext('p09_migrations'))"

# All locks of a migration together. It is half of PostgreSQL's `deadlock_timeout`: where the service and the migration wait for
# each other, the migration lets go before PostgreSQL looks for a deadlock and ends one of the two.
LOCK_TIMEOUT: Final = "500ms"
# The whole of a migration, waits included, and so the longest that a session of the service waits for it.
TRANSACTION_TIMEOUT: Final = "5s"
TRIES: Final = 60  # about five minutes: longer than any statement of the service, and than a rush of them
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0
_QUERY_CANCELED: Final = "57014"
_RECORDS: Final = "schema_migrations"


class MigrationRefused(Exception):
    """The files and the database disagree; the message says which file and what to do."""


class TablesBusy(Exception):
    """Somebody held a table that a migration needs, at every try; nothing was changed by it."""


@dataclass(frozen=True)
class Migration:
    """``locks`` are the tables from before it that it touches in any way."""

    version: int
    name: str
    sql: str
    locks: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.version:04}_{self.name}.sql"

    @property
    def checksum(self) -> str:
        return sha256(self.sql.encode()).hexdigest()


def read_migrations(directory: Path = DIRECTORY) -> list[Migration]:
    """The migrations of a folder by version; numbers must run from 1 without a gap or a repeat."""
    locks = _read_locks(directory / LOCKS)
    found = []
    for path in sorted(directory.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise MigrationRefused(f"{path.name}: name it NNNN_what_it_does.sql")
        found.append(Migration(int(match[1]), match[2], path.read_text(), locks.pop(path.name, ())))
    versions = [migration.version for migration in found]
    if versions != list(range(1, len(found) + 1)):
        raise MigrationRefused(f"migrations must be numbered 1 to {len(found)} without gaps, not {versions}")
    if locks:
        raise MigrationRefused(f"{LOCKS} names {', '.join(locks)}, and there is no such file")
    return found


def _read_locks(path: Path) -> dict[str, tuple[str, ...]]:
    tables = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {file: tuple(names) for file, names in tables.items()}


def migrate(
    connection: Connection, migrations: list[Migration], pause: Callable[[float], None] = time.sleep
) -> list[Migration]:
    """Apply what is missing, each migration in a transaction of its own; returns what was applied.

    Later migrations than those given stay: a release that is rolled back runs on the schema of the one after it, which
    only added to it (scripts/migration_rules.py).

    Parameters
    ----------
    pause
        waits for some seconds between two tries

    Raises
    ------
    MigrationRefused
        an applied file was changed, or another has its number: write a new migration instead; or a file touches tables that
        locks.toml does not name
    TablesBusy
        a table could not be locked in about two minutes
    PostgresUnavailable
        the server is gone, or has ended a migration that held its locks for too long
    """
    with _alone(connection):
        connection.run(
            "create table if not exists schema_migrations (version integer primary key, name text not null, "
            "checksum text not null, applied_at timestamptz not null default now())"
        )
        missing = _missing(connection, migrations)
        for migration in missing:
            _apply(connection, migration, pause)
    return missing


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    connection.run(_LOCK)
    try:
        yield
    finally:
        with suppress(InterfaceError, OSError):  # the session is gone, and the lock with it
            connection.run(_UNLOCK)


def _missing(connection: Connection, migrations: list[Migration]) -> list[Migration]:
    applied = {
        version: (name, checksum)
        for version, name, checksum in connection.run("select version, name, checksum from schema_migrations")
    }
    for migration in migrations:
        name, checksum = applied.get(migration.version, (migration.name, migration.checksum))
        if (migration.name, migration.checksum) != (name, checksum):
            raise MigrationRefused(
                f"{migration.version:04}_{name}.sql was changed after it was applied: restore it, add a new file"
            )
    return [migration for migration in migrations if migration.version not in applied]


def _apply(connection: Connection, migration: Migration, pause: Callable[[float], None]) -> None:
    for attempt in range(TRIES):
        if attempt:
            pause(min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE) * random.uniform(0.5, 1.5))  # noqa: S311 -- a pause, no secret
        if _apply_once(connection, migration):
            return
    tables = ", ".join(migration.locks) or _RECORDS
    raise TablesBusy(f"{migration.file}: {tables} could not be locked: end long transactions and deploy again")


def _apply_once(connection: Connection, migration: Migration) -> bool:
    """Whether the tables could be locked; then it is applied, or raised what is wrong with it."""
    with _transaction(connection, migration):
        connection.run(f"set local transaction_timeout = '{TRANSACTION_TIMEOUT}'")
        if not _lock(connection, migration):
            return False
        connection.run(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        there = _tables(connection)
        connection.execute_simple(migration.sql)
        _refuse_other_locks(connection, migration, there)
        connection.run(
            "insert into schema_migrations (version, name, checksum) values (:version, :name, :checksum)",
            version=migration.version,
            name=migration.name,
            checksum=migration.checksum,
        )
        connection.run("commit")
    return True


@contextmanager
def _transaction(connection: Connection, migration: Migration) -> Iterator[None]:
    """What was not committed is rolled back."""
    connection.run("begin")
    try:
        yield
    except (
        InterfaceError,
        OSError,
    ) as error:  # where PostgreSQL ends a session, pg8000 says no more than that it is gone
        reason = f"{migration.file}: PostgreSQL ended the session. A migration may take {TRANSACTION_TIMEOUT}"
        raise PostgresUnavailable(reason) from error
    finally:
        with suppress(InterfaceError, OSError):  # the session is gone, and the transaction with it
            connection.run("rollback")


def _lock(connection: Connection, migration: Migration) -> bool:
    """In the order in which the tables were created, parents first: the service mostly takes them in this order as well."""
    names = connection.run(
        "select quote_ident(relname) from pg_class where relnamespace = 'public'::regnamespace "
        "and relname = any(:names) order by oid",
        names=[*migration.locks, _RECORDS],
    )
    connection.run(f"set local statement_timeout = '{LOCK_TIMEOUT}'")
    try:
        connection.run(f"lock table {', '.join(name for (name,) in names)} in access exclusive mode")
    except DatabaseError as error:
        if sqlstate(error) == _QUERY_CANCELED:
            return False
        raise
    connection.run("set local statement_timeout = 0")
    return True


def _tables(connection: Connection) -> list[int]:
    return [
        oid
        for (oid,) in connection.run(
            "select oid from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        )
    ]


def _refuse_other_locks(connection: Connection, migration: Migration, there: list[int]) -> None:
    """A lock that was not taken first may be waited for while others are held: that is how deadlocks come about."""
    others = sorted(_touched(connection, there) - {*migration.locks, _RECORDS})
    if others:
        raise MigrationRefused(f"{migration.file} touches {', '.join(others)}: name them in shared/migrations/{LOCKS}")


def _touched(connection: Connection, there: list[int]) -> set[str]:
    """Those of the tables on which the transaction has a lock; a partition counts as its table."""
    rows = connection.run(
        "select distinct coalesce(pg_partition_root(relation), relation)::regclass::text from pg_locks "
        "where pid = pg_backend_pid() and relation = any(cast(:there as oid[]))",
        there=there,
    )
    return {name for (name,) in rows}
