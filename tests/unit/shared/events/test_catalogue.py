import json

import pytest

from shared.collection.stream import STREAM, WAKE_DETAIL_TYPE, WAKE_SOURCE
from shared.events.catalogue import CATALOGUE, UnknownEvent, read
from shared.events.event import Event
from shared.events.ingestion import EventsWaiting
from shared.events.kpi import KpiBreached, KpiDataMissing
from shared.kpi.changes import ChangeKind

BREACHED = KpiBreached(
    id="KpiBreached-latency-20261123T120500Z", kpi="latency", title="p95 latency", severity="ticket",
    decision="latency-20261123T120500Z", at="2026-11-23T12:05:00Z", why="Breached: 30 of 200 requests …",
)  # fmt: skip
MISSING = KpiDataMissing(id="1", severity="page", at="2026-11-23T12:05:00Z", why="No request was measured.")


@pytest.mark.parametrize("event", [BREACHED, MISSING, EventsWaiting(stream=STREAM)])
def test_an_event_comes_over_the_bus_as_it_was(event: Event) -> None:
    assert read(event.detail_type, json.dumps(event.detail)) == event


def test_every_change_of_a_kpi_has_its_event() -> None:
    assert {kind.value for kind in ChangeKind} == {
        name for name, model in CATALOGUE.items() if model.source == "p09.kpi"
    }


def test_what_wakes_the_worker_is_in_the_catalogue() -> None:
    assert (EventsWaiting.source, EventsWaiting.__name__) == (WAKE_SOURCE, WAKE_DETAIL_TYPE)


def test_what_is_not_in_the_catalogue_is_refused() -> None:
    with pytest.raises(UnknownEvent, match="KpiBrached is not in the catalogue"):
        read("KpiBrached", {})
    with pytest.raises(UnknownEvent, match="has the fields"):
        read("EventsWaiting", {"stream": STREAM, "more": 1})
