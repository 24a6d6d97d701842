from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis

from shared.collection.client import Client
from shared.collection.visitor import Visitor, Visitors
from shared.platform.valkey import Address, Valkey, open_connection
from tests.servers import HOST, ValkeyServer

# The coming midnight: a salt of the past would be gone as soon as it is made.
MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
ADA = Client("203.0.113.9", "Browser")


@pytest.fixture
def client(valkey: redis.Redis, valkey_server: ValkeyServer) -> Iterator[Valkey]:
    address = Address(host=HOST, port=valkey_server.port)
    client = Valkey(lambda: open_connection(address, password=valkey_server.password, timeout=10))
    yield client
    client.close()


def see(client: Valkey, at: datetime, visitors: Visitors | None = None, who: Client = ADA, site: int = 1) -> Visitor:
    """One event as the API handles it: identify, then write the marks along."""
    visitor = (visitors or Visitors(client)).identify(site, [who], at)[who]
    if visitor.marks:
        client.pipeline(visitor.marks)
    return visitor


def test_every_environment_gives_the_same_number_on_one_day(client: Valkey) -> None:
    assert see(client, MIDNIGHT).id == see(client, MIDNIGHT + timedelta(hours=20)).id


def test_another_address_agent_or_site_is_another_visitor(client: Valkey) -> None:
    others = [
        see(client, MIDNIGHT, who=Client("203.0.113.8", "Browser")),
        see(client, MIDNIGHT, who=Client("203.0.113.9", "Other")),
        see(client, MIDNIGHT, site=2),
    ]
    assert len({see(client, MIDNIGHT).id, *(other.id for other in others)}) == 4


def test_the_number_changes_with_the_day(client: Valkey) -> None:
    before = see(client, MIDNIGHT - timedelta(hours=2))
    assert see(client, MIDNIGHT + timedelta(hours=2)).id != before.id


def test_a_visit_that_is_alive_at_midnight_keeps_its_number_as_long_as_it_lives(client: Valkey) -> None:
    visitors = Visitors(client)
    before = see(client, MIDNIGHT - timedelta(minutes=10), visitors)
    alive = [see(client, MIDNIGHT + timedelta(minutes=minutes), visitors).id for minutes in (5, 30, 55)]
    assert set(alive) == {before.id}
    client.run("DEL", f"visit:1:{before.id}")  # as its 30 minutes do
    assert see(client, MIDNIGHT + timedelta(minutes=90), visitors).id != before.id


def test_salts_end_48_hours_after_their_day_began(client: Valkey) -> None:
    now = datetime.now(UTC)
    see(client, now)
    expires = client.run("EXPIRETIME", f"salt:{now.date().isoformat()}")
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    assert datetime.fromtimestamp(expires, UTC) == midnight + timedelta(hours=48)


def test_a_visit_whose_last_event_was_thirty_minutes_before_midnight_may_go_on_at_midnight(client: Valkey) -> None:
    before = see(client, MIDNIGHT - timedelta(minutes=30))
    assert see(client, MIDNIGHT).id == before.id


def test_a_visit_that_can_not_reach_midnight_leaves_no_mark(client: Valkey) -> None:
    assert see(client, MIDNIGHT - timedelta(minutes=30, microseconds=1)).marks == ()


def test_many_clients_of_one_request_are_told_apart_and_each_keeps_its_visit(client: Valkey) -> None:
    visitors = Visitors(client)
    crowd = [Client(f"203.0.113.{number}", "Browser") for number in range(50)]
    alive = see(client, MIDNIGHT - timedelta(minutes=5), visitors, who=crowd[7])
    found = visitors.identify(1, [*crowd, *crowd], MIDNIGHT + timedelta(minutes=5))
    assert list(found) == crowd
    assert len({visitor.id for visitor in found.values()}) == 50
    assert [one for one, visitor in found.items() if visitor.id == alive.id] == [crowd[7]]
