"""The servers that rows are measured against: PostgreSQL and Valkey as `make run` starts them, and AWS."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from bench.aws import AwsStandIn, aws_stand_in
from bench.benched import API, LOGINS
from local.postgres import connect as connect_as_owner
from local.postgres import create_database, postgres_server
from local.state import LOOPBACK, Configuration, LocalError, State
from local.supervisor import Supervisor
from local.valkey import valkey_server
from shared.identity import tenants as store
from shared.identity.keys import make_key
from shared.platform import postgres, valkey
from shared.platform.migrations import migrate, read_migrations


@dataclass(frozen=True)
class Site:
    """A site with its keys, as `p09 site create` makes it."""

    id: int
    organisation: UUID
    write_key: str
    read_key: str


@dataclass(frozen=True)
class Servers:
    configuration: Configuration
    passwords: dict[str, str]
    aws: AwsStandIn

    @property
    def postgres_address(self) -> postgres.Address:
        return postgres.Address(host=LOOPBACK, port=self.configuration.postgres_port, database="p09")

    @contextmanager
    def database(self, role: str) -> Iterator[postgres.Database]:
        """What functions use, signed in as their role."""
        address, password = self.postgres_address, self.passwords[role]
        database = postgres.Database(
            lambda: postgres.connect(address, user=role, password=password, application="bench")
        )
        with closing(database):
            yield database

    @contextmanager
    def valkey(self) -> Iterator[valkey.Valkey]:
        address = valkey.Address(host=LOOPBACK, port=self.configuration.valkey_port)
        password = self.configuration.valkey_password
        with closing(valkey.Valkey(lambda: valkey.open_connection(address, password=password, timeout=60))) as client:
            yield client

    def add_site(self) -> Site:
        """An organisation with one site and its keys."""
        organisation, write_key, read_key = uuid4(), make_key("ingest"), make_key("read")
        with self.database(LOGINS[API]) as database, database.transaction([organisation]) as connection:
            store.add_organisation(connection, organisation, "Bench", "bench")
            site = store.add_site(
                connection, organisation, name="Bench", domain=f"{organisation}.example", timezone="Etc/UTC"
            )
            for key in (write_key, read_key):
                store.add_key(connection, site, key)
        return Site(site.id, organisation, write_key.text.reveal(), read_key.text.reveal())

    def empty(self) -> None:
        """Forget every event, so that one row does not slow down the next."""
        with self.valkey() as client:
            client.run("FLUSHALL")
        with connect_as_owner(self.configuration) as owner:
            owner.run(
                "truncate events, event_ids, visits, traffic, bot_events, bot_visits, exclusions, visitors, acquisitions, places, "
                "devices, numbers, unbuilt"
            )


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """Start everything empty in a folder, which is removed afterwards."""
    state = State(folder)
    state.prepare()
    with state.lock() as is_alone:
        if not is_alone:
            raise LocalError("another benchmark is running in this checkout: wait until it ends")
        supervisor = Supervisor(state)
        supervisor.end_leftovers()
        for kept in ("postgres", "valkey"):
            shutil.rmtree(folder / kept, ignore_errors=True)
        configuration = state.configuration(0)
        try:
            supervisor.start(postgres_server(state, configuration), valkey_server(state, configuration))
            create_database(configuration)
            with aws_stand_in() as aws:
                yield Servers(configuration, _prepare(configuration), aws)
        finally:
            supervisor.stop()
            shutil.rmtree(folder, ignore_errors=True)


def _prepare(configuration: Configuration) -> dict[str, str]:
    passwords = {role: secrets.token_hex(16) for role in LOGINS.values()}
    with connect_as_owner(configuration) as owner:
        migrate(owner, read_migrations())
        for role, password in passwords.items():
            owner.run(f"alter role {role} login password '{password}'")
    return passwords
