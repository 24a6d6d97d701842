"""A real PostgreSQL and Valkey for each test process (xdist has several), a new database for each test."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
import redis
from hypothesis import settings
from pg8000.native import Connection

from shared.platform.migrations import migrate, read_migrations
from shared.platform.postgres import Address, Database, connect
from tests.servers import HOST, PostgresServer, ValkeyServer, server_folder

pytest_plugins = ["tests.pipeline", "tests.system"]
# No timing is asserted in tests: machines differ, and a busy one is slow.
settings.register_profile("usual", deadline=None)
settings.load_profile("usual")
settings.register_profile("campaign", max_examples=2000, deadline=None)

PASSWORDS = {
    "p09_admin": "admin-of-tests",
    "p09_api": "api-of-tests",
    "p09_collect": "collect-of-tests",
    "p09_query": "query-of-tests",
    "p09_worker": "worker-of-tests",
    "p09_backup": "backup-of-tests",
}
TEMPLATE = "p09_template"


@dataclass(frozen=True)
class MigratedDatabase:
    """The database of one test. Roles: ``p09_admin`` (owner) and those of ``PASSWORDS``; no superuser."""

    server: PostgresServer
    name: str
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def address(self) -> Address:
        return Address(host=HOST, port=self.server.port, database=self.name)

    def connect(self, role: str) -> Connection:
        """A connection as a role; it is closed when the test ends."""
        connection = connect(self.address, user=role, password=PASSWORDS[role], application="tests")
        self._open.callback(connection.close)
        return connection

    def database(self, role: str) -> Database:
        """What functions use: ``with database.transaction([organisation]) as connection``."""
        database = Database(lambda: connect(self.address, user=role, password=PASSWORDS[role], application="tests"))
        self._open.callback(database.close)
        return database

    def close(self) -> None:
        self._open.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server with the application's roles and a migrated template database."""
    with (
        server_folder("postgres") as folder,
        PostgresServer(folder=folder) as server,
    ):
        _create_template(server)
        yield server


@pytest.fixture(scope="session")
def superuser(postgres_server: PostgresServer) -> Iterator[Connection]:
    """One connection for what each test has done before it and after it."""
    with postgres_server.connect_as_superuser() as connection:
        for role, password in PASSWORDS.items():
            connection.run(f"alter role {role} login password '{password}'")
        yield connection


@pytest.fixture(scope="session")
def verifiers(superuser: Connection) -> dict[str, str]:
    """What PostgreSQL keeps of each role's password: to set it again costs nothing, to derive it a hundred times as much."""
    return dict(
        superuser.run("select rolname, rolpassword from pg_authid where rolname = any(:names)", names=[*PASSWORDS])
    )


def _create_template(server: PostgresServer) -> None:
    with server.connect_as_superuser() as superuser:
        superuser.run(f"create role p09_admin login createrole password '{PASSWORDS['p09_admin']}'")
        superuser.run(f"create database {TEMPLATE} owner p09_admin")
    with server.connect(user="p09_admin", password=PASSWORDS["p09_admin"], database=TEMPLATE) as owner:
        migrate(owner, read_migrations())


_numbers = itertools.count(1)


@pytest.fixture
def migrated(
    postgres_server: PostgresServer, superuser: Connection, verifiers: dict[str, str]
) -> Iterator[MigratedDatabase]:
    """A database of the test's own: nothing of another test is in it."""
    name = f"p09_test_{next(_numbers)}"
    for role, verifier in verifiers.items():  # roles are the cluster's: a test may have changed them
        superuser.run(f"alter role {role} login password '{verifier}'")
    # Files are copied as they are: the log, which PostgreSQL would write otherwise, nobody reads.
    superuser.run(f"create database {name} template {TEMPLATE} owner p09_admin strategy file_copy")
    # What migrations grant on the database itself does not come along with a template.
    superuser.run(f"grant temporary on database {name} to p09_worker")
    database = MigratedDatabase(postgres_server, name)
    try:
        yield database
    finally:
        database.close()
        superuser.run(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    with (
        server_folder("valkey") as folder,
        ValkeyServer(folder=folder) as server,
    ):
        yield server


@pytest.fixture
def valkey(valkey_server: ValkeyServer) -> Iterator[redis.Redis]:
    """A client of an empty Valkey. A test that kills it starts its own: ``ValkeyServer(folder=tmp_path)``."""
    with valkey_server.client() as client:
        client.flushall()
        yield client
