import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import pytest

from bench.shapes import BATCH, SHAPES, bodies
from bench.traffic import page_views
from shared.collection.accept import read_batch

NOW = datetime.now(UTC)
VIEWS = list(page_views(250, end=NOW, span=timedelta(hours=1)))


def sent(shape: str, count: int) -> list[Any]:
    return [json.loads(body) for body in islice(bodies(SHAPES[shape], VIEWS, "site-1"), count)]


@pytest.mark.parametrize(("shape", "events"), [("p09", 1), ("p09-batch", BATCH)])
def test_our_api_accepts_every_event_of_its_own_shapes(shape: str, events: int) -> None:
    for body in islice(bodies(SHAPES[shape], VIEWS, ""), 5):
        batch = read_batch(json.loads(body), NOW)
        assert (len(batch.events), batch.rejected) == (events, [])


def test_no_event_is_sent_twice_under_the_same_id() -> None:
    ids = [event["id"] for body in sent("p09-batch", 20) for event in body["events"]]
    assert len(set(ids)) == 20 * BATCH
    assert all(str(UUID(one)) == one for one in ids)


def test_two_runs_send_different_ids() -> None:
    [[first], [second]] = [[body["events"][0]["id"] for body in sent("p09", 1)] for _ in range(2)]
    assert first != second


def test_umami_gets_its_own_fields_and_a_list_for_a_batch() -> None:
    [one] = sent("umami", 1)
    [batch] = sent("umami-batch", 1)
    assert one["type"] == "event"
    assert one["payload"]["website"] == "site-1"
    assert [type(event) for event in batch] == [dict] * BATCH


def test_plausible_gets_a_beacon_of_text() -> None:
    [body] = sent("plausible", 1)
    assert {"name", "url", "domain", "referrer"} == set(body)
    assert SHAPES["plausible"].content_type == "text/plain"
