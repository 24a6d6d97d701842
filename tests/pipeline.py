from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import redis

from shared.collection.entry import Entry
from shared.collection.event import Event
from shared.collection.rows import Arrival, copy_rows
from shared.collection.stream import STREAM, append
from shared.platform.postgres import Database
from shared.platform.valkey import Address, Valkey, open_connection
from shared.storage.drain import Drained, drain
from tests.conftest import MigratedDatabase
from tests.servers import HOST, ValkeyServer

RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Site:
    id: int
    organisation: UUID


@dataclass(frozen=True)
class Pipeline:
    """A site, its stream and its database, as the API and the worker see them."""

    site: Site
    valkey: Valkey
    api: Database
    worker: Database
    migrated: MigratedDatabase

    def send(self, *events: Event, site: Site | None = None) -> None:
        self.send_rows(
            copy_rows(events, Arrival(site_id=(site or self.site).id, received_at=RECEIVED, visitor_id=7)),
            len(events),
            site=site,
        )

    def send_rows(self, rows: bytes, events: int = 1, *, site: Site | None = None) -> None:
        site = site or self.site
        append(self.valkey, Entry(site_id=site.id, organisation=site.organisation, events=events, rows=rows))

    def drain(self) -> Drained:
        return drain(self.valkey, self.worker, lambda: True)

    def rows(self, sql: str) -> list[list[object]]:
        """What a table really holds, seen as a superuser, past row-level security."""
        with self.migrated.server.connect_as_superuser(self.migrated.name) as superuser:
            return [list(row) for row in superuser.run(sql) or []]

    def waiting(self) -> int:
        return int(self.valkey.run("XLEN", STREAM))


def add_site(database: Database, domain: str) -> Site:
    """Add an organisation with one site, as the API does."""
    organisation = uuid4()
    with database.transaction([organisation]) as api:
        api.run("insert into organisations (id, name) values (:id, 'Acme')", id=organisation)
        [[site_id]] = api.run(
            "insert into sites (organisation_id, name, domain) values (:id, 'Shop', :domain) returning id",
            id=organisation,
            domain=domain,
        )
    return Site(site_id, organisation)


@pytest.fixture
def pipeline(migrated: MigratedDatabase, valkey: redis.Redis, valkey_server: ValkeyServer) -> Iterator[Pipeline]:
    address = Address(host=HOST, port=valkey_server.port)
    client = Valkey(lambda: open_connection(address, password=valkey_server.password, timeout=10))
    api = migrated.database("p09_api")
    yield Pipeline(add_site(api, "shop.example"), client, api, migrated.database("p09_worker"), migrated)
    client.close()
