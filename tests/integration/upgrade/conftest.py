import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from shared.platform.migrations import migrate, read_migrations
from tests.conftest import PASSWORDS, MigratedDatabase
from tests.integration.api.conftest import api, issuer, jwks_url
from tests.servers import PostgresServer

__all__ = ["api", "issuer", "jwks_url"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write down what the code says to PostgreSQL today")


DatabaseAt = Callable[[int], MigratedDatabase]
_numbers = itertools.count(1)


@pytest.fixture
def database_at(postgres_server: PostgresServer) -> Iterator[DatabaseAt]:
    """Makes a database with the schema of a version, as the deploy of that release left it."""
    with postgres_server.connect_as_superuser() as superuser, ExitStack() as ends:
        for role, password in PASSWORDS.items():
            superuser.run(f"alter role {role} login password '{password}'")

        def make(version: int) -> MigratedDatabase:
            name = f"p09_upgraded_{next(_numbers)}"
            superuser.run(f"create database {name} owner p09_admin")
            ends.callback(superuser.run, f"drop database {name} with (force)")
            database = MigratedDatabase(postgres_server, name)
            ends.callback(database.close)
            migrate(database.connect("p09_admin"), read_migrations()[:version])
            return database

        yield make
