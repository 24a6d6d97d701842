"""Plain SQL migrations: numbered files, applied once, in order, under a lock; a file that changed afterwards is refused."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from shared.platform.postgres import sqlstate

DIRECTORY = Path(__file__).parent.parent / "migrations"
_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_LOCK = "select pg_advisory_lock(hashtext('p09_migrations'))"
_UNLOCK = "select pg_advisory_unlock(hashtext('p09_migrations'))"
# Whoever waits for a lock on a table makes everybody behind it wait: a deploy that fails is better than a service that hangs.
LOCK_TIMEOUT = "5s"
TRIES: Final = 3
_DEADLOCK: Final = "40P01"
_BOUNDS = f"set local lock_timeout = '{LOCK_TIMEOUT}'; set local statement_timeout = '5min'"


class MigrationRefused(Exception):
    """The files and the database disagree; the message says which file and what to do."""


@dataclass(frozen=True)
class Migration:
    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return sha256(self.sql.encode()).hexdigest()


def read_migrations(directory: Path = DIRECTORY) -> list[Migration]:
    """The migrations of a folder by version; numbers must run from 1 without a gap or a repeat."""
    found = []
    for path in sorted(directory.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise MigrationRefused(f"{path.name}: name it NNNN_what_it_does.sql")
        found.append(Migration(int(match[1]), match[2], path.read_text()))
    versions = [migration.version for migration in found]
    if versions != list(range(1, len(found) + 1)):
        raise MigrationRefused(f"migrations must be numbered 1 to {len(found)} without gaps, not {versions}")
    return found


def migrate(connection: Connection, migrations: list[Migration]) -> list[Migration]:
    """Apply what is missing, each migration in a transaction of its own; returns what was applied.

    Later migrations than those given stay: a release that is rolled back runs on the schema of the one after it, which
    only added to it (scripts/migration_rules.py).

    Raises
    ------
    MigrationRefused
        an applied file was changed, or another has its number: write a new migration instead
    """
    connection.run(_LOCK)
    try:
        connection.run(
            "create table if not exists schema_migrations (version integer primary key, name text not null, "
            "checksum text not null, applied_at timestamptz not null default now())"
        )
        missing = _missing(connection, migrations)
        for migration in missing:
            _apply(connection, migration)
    finally:
        connection.run(_UNLOCK)
    return missing


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


def _apply(connection: Connection, migration: Migration) -> None:
    """Anew after a deadlock with the service at work: it was rolled back whole, and the service went on."""
    for tries_left in reversed(range(TRIES)):
        try:
            _apply_once(connection, migration)
        except DatabaseError as error:
            if sqlstate(error) != _DEADLOCK or not tries_left:
                raise
        else:
            return


def _apply_once(connection: Connection, migration: Migration) -> None:
    connection.run("begin")
    try:
        connection.execute_simple(_BOUNDS)
        connection.execute_simple(migration.sql)
        connection.run(
            "insert into schema_migrations (version, name, checksum) values (:version, :name, :checksum)",
            version=migration.version,
            name=migration.name,
            checksum=migration.checksum,
        )
    except BaseException:
        connection.run("rollback")
        raise
    connection.run("commit")
