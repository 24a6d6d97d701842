"""Both halves agree: what ingest stores, in whatever order and batches, is answered as a count by hand gives."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.analytics.query import METRICS
from shared.analytics.stats import Site
from shared.collection.entry import Entry
from shared.collection.event import Event as SentEvent
from shared.collection.rows import Arrival, copy_rows
from shared.platform.postgres import Database
from shared.storage.store import store
from tests.conftest import MigratedDatabase
from tests.examples import examples
from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.reference import Event, Reference

START = datetime(2026, 10, 25, tzinfo=UTC)  # clocks go back in Berlin at 1 o'clock UTC
END = START + timedelta(days=2)
BODIES: list[dict[str, Any]] = [
    {},
    {"dimensions": ["time:hour"]},
    {"dimensions": ["event:page"]},
    {"dimensions": ["visit:source"]},
    {"dimensions": ["visit:source", "event:page"]},
    {"dimensions": ["visit:country"]},
    {"filters": [["is", "event:page", ["/a"]]]},
]

sent = st.builds(
    Event,
    visitor=st.integers(1, 3),
    at=st.integers(0, 2 * 96).map(lambda quarters: START + quarters * timedelta(minutes=15)),
    name=st.sampled_from(["pageview", "engagement", "signup"]),
    page=st.sampled_from(["/", "/a"]),
    source=st.sampled_from(["", "news.example"]),
    country=st.sampled_from(["", "DE"]),
    id=st.uuids(),
)


@pytest.fixture
def worker(migrated: MigratedDatabase) -> Database:
    return migrated.database("p09_worker")


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(sent, max_size=12), max_size=4))
def test_what_ingest_stored_is_answered_exactly(
    analytics: Analytics, worker: Database, batches: list[list[Event]]
) -> None:
    site = analytics.site("Europe/Berlin")
    for batch in [*batches, *batches[:1]]:  # the first one is sent again
        _ingest(analytics, worker, site, batch)
    events = list({event.id: event for batch in reversed(batches) for event in batch}.values())
    reference = Reference(events, ZoneInfo("Europe/Berlin"), START, END)
    date_range = [START.isoformat(), (END - timedelta(seconds=1)).isoformat()]

    for body in BODIES:
        metrics = [metric for metric in METRICS if "filters" not in body or metric != "views_per_visit"]
        dimensions = body.get("dimensions", [])
        in_order = [[dimension, "asc"] for dimension in dimensions]

        rows = analytics.rows(site, START, **body, metrics=metrics, date_range=date_range, order_by=in_order)

        assert rows == reference.rows(metrics, dimensions, body.get("filters", [])), body


def _ingest(analytics: Analytics, worker: Database, site: Site, batch: list[Event]) -> None:
    arrival = Arrival(site_id=site.id, received_at=END, visitor_id=0)
    rows = copy_rows([_as_sent(event) for event in batch], arrival)
    entry = Entry(site_id=site.id, organisation=analytics.organisation, events=len(batch), rows=rows)
    with worker.transaction() as connection:
        store(connection, [entry])


def _as_sent(event: Event) -> SentEvent:
    return {
        "id": str(event.id),
        "name": event.name,
        "timestamp": event.at,
        "visitor_id": str(event.visitor),
        "url": f"https://shop.example{event.page}",
        "referrer": f"https://{event.source}/" if event.source else "",
        "country": event.country or None,
    }
