"""What a batch costs the API's own code: from API Gateway's event to the packed command for Valkey."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from bench import environment
from bench.bundle import run_inside
from bench.context import Context
from bench.figures import times, whole
from bench.http_event import http_event
from bench.outcome import Outcome
from bench.shapes import BATCH, SHAPES, bodies
from bench.traffic import page_views
from shared.identity.keys import make_key

TARGET: Final = 50_000
BATCHES: Final = 100


def measure(context: Context) -> Iterator[Outcome]:
    views = list(page_views(BATCHES * BATCH, end=datetime.now(UTC), span=timedelta(hours=1)))
    key = make_key("ingest").text.reveal()
    events = [
        http_event("POST", "/v1/events", body=body, token=key)
        for body in islice(bodies(SHAPES["p09-batch"], views, ""), BATCHES)
    ]
    found = run_inside("batch_cost", environment.of_api(context.servers), events)
    rate, parsing = BATCH / found["handler"], BATCH / found["json"]
    yield Outcome(
        row="handler_cost",
        what="handler, batch of 100, in process, durable append apart",
        target=f"≥ {whole(TARGET)} events/s on one core",
        measured=f"{whole(rate)} events/s",
        ratio=times(rate / parsing),
        met=rate >= TARGET,
        note=f"json.loads of the same body alone: {whole(parsing)} events/s",
        figures={"events_per_second": rate, "json_loads_events_per_second": parsing},
    )
