"""A real PostgreSQL that archives its log, and the repository that takes it in."""

import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from local.backups.base_backup import Source, take_base_backup
from local.backups.repository import Base, Repository
from local.backups.restore import TemporaryPostgres, plan
from local.backups.wal import archive_command
from local.state import free_port
from shared.platform.migrations import migrate, read_migrations
from tests.servers import HOST, PostgresServer, server_folder, unprivileged_user

SECONDS = 60.0
KEEP = timedelta(days=15)


class ArchivingPostgres(PostgresServer):
    """With its write-ahead log handed to a spool."""

    spool: Path

    def settings(self) -> dict[str, str]:
        return super().settings() | {
            "wal_level": "replica", "archive_mode": "on", "archive_command": archive_command(self.spool),
            "full_page_writes": "on", "min_wal_size": "32MB", "wal_init_zero": "off",
        }  # fmt: skip


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.02)


class World:
    """The source, its backups, and second servers restored from them."""

    def __init__(self, server: ArchivingPostgres, repository: Repository, folder: Path) -> None:
        self.server = server
        self.repository = repository
        self.folder = folder
        self.restored = folder / "restored"
        self.user = unprivileged_user(server.binaries, folder)
        self.source = Source(
            host=HOST, port=server.port, user="postgres", password=server.password, binaries=server.binaries
        )

    def connect(self, port: int | None = None) -> Connection:
        return Connection(
            "postgres",
            host=HOST,
            port=port or self.server.port,
            database="p09",
            password=self.server.password,
            timeout=60,
            ssl_context=False,
        )

    def back_up(self) -> Base:
        return take_base_backup(self.repository, self.source, datetime.now(UTC), KEEP)

    def archive(self) -> None:
        """Until all that was written until now is archived."""
        with self.connect() as connection:
            # A segment in which nothing is written is not switched; and a replay to a moment ends at a commit after it.
            connection.run("select pg_logical_emit_message(true, 'p09', '')")
            ((segment,),) = connection.run("select pg_walfile_name(pg_switch_wal())")
        until(lambda: self._taken_in(segment), f"archiving of {segment}")

    def _taken_in(self, segment: str) -> bool:
        self.repository.take_in()
        return segment in self.repository.segments()

    def instance(self) -> TemporaryPostgres:
        return TemporaryPostgres(self.restored, self.server.binaries, free_port(), self.user)

    def restore(self, to: datetime) -> TemporaryPostgres:
        instance = self.instance()
        instance.provision(self.repository, plan(self.repository, to), lambda _: None)
        try:
            instance.wait_until_open(lambda: self.answers(instance.port), time.monotonic() + SECONDS)
        except BaseException:
            instance.destroy()
            raise
        return instance

    def answers(self, port: int) -> bool:
        try:
            self.connect(port).close()
        except (DatabaseError, InterfaceError, OSError):
            return False
        return True

    def now(self) -> datetime:
        with self.connect() as connection:
            ((moment,),) = connection.run("select clock_timestamp()")
        assert isinstance(moment, datetime)
        return moment

    def run(self, sql: str, port: int | None = None) -> list[list[object]]:
        with self.connect(port) as connection:
            rows: list[list[object]] = connection.run(sql) or []
        return rows


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What every test begins with, as files: a stopped cluster, and its backups up to its end."""

    home: Path
    backups: Path
    password: str
    key: bytes

    @contextmanager
    def world(self, *, backed_up: bool) -> Iterator[World]:
        """A copy of it that runs: most tests damage theirs."""
        with server_folder("archive") as folder, server_folder("backed-up") as home:
            _copy(self.home / "data", home / "data")
            if backed_up:
                _copy(self.backups, folder / "backups")
            with _running(folder, home, self.password, self.key) as found:
                yield found


@contextmanager
def _running(folder: Path, home: Path, password: str, key: bytes) -> Iterator[World]:
    folder.chmod(0o711)
    repository = Repository(folder / "backups", key)
    server = ArchivingPostgres(folder=home, password=password)
    server.spool = repository.spool
    repository.prepare(unprivileged_user(server.binaries, home))
    with server:
        yield World(server, repository, folder)


def _copy(source: Path, target: Path) -> None:
    """With owners and times: the time of a segment tells to which moments it reaches."""
    subprocess.run(["cp", "-a", source, target], check=True)


@pytest.fixture(scope="session")
def prepared() -> Iterator[Prepared]:
    """Migrated, with tables of its own, and with one base backup."""
    with server_folder("archive") as folder, server_folder("backed-up") as home:
        found = Prepared(home=home, backups=folder / "backups", password="of-tests", key=secrets.token_bytes(32))
        with _running(folder, home, found.password, found.key) as world:
            with world.server.connect_as_superuser() as superuser:
                superuser.run("create role p09_admin login createrole")
                superuser.run("create database p09 owner p09_admin")
                # What is never used need not be copied, backed up and restored each time: half of the cluster.
                for name in ("template0", "template1"):
                    superuser.run(f"alter database {name} is_template false")
                    superuser.run(f"drop database {name}")
            with world.connect() as connection:
                migrate(connection, read_migrations())
                connection.run(
                    "create table facts as select n, md5(n::text) as said from generate_series(1, 2000) as n"
                )
                connection.run("create table also (at timestamptz)")
            world.back_up()
            world.archive()
        yield found


@pytest.fixture
def world(prepared: Prepared) -> Iterator[World]:
    """Of which there is no backup yet."""
    with prepared.world(backed_up=False) as found:
        yield found


@pytest.fixture
def backed_up(prepared: Prepared) -> Iterator[World]:
    with prepared.world(backed_up=True) as found:
        yield found
