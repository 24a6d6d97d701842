"""What a batch costs our own code: from API Gateway's event to the packed command for Valkey."""

from collections.abc import Iterator
from typing import Final

from bench import environment
from bench.benched import COLLECT
from bench.bundle import run_inside
from bench.context import Context, Figures
from bench.figures import times, whole
from bench.outcome import Outcome
from bench.requests import batches
from bench.shapes import BATCH
from shared.identity.keys import make_key

TARGET: Final = 100_000


def measure(context: Context) -> Iterator[Outcome]:
    found = context.once(events_per_second)
    rate, parsing = found["handler"], found["json"]
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


def events_per_second(context: Context) -> Figures:
    """Of the ``handler``, and of ``json`` alone."""
    size = context.size
    events = list(batches(make_key("ingest").text.reveal(), size.batches))
    given = {"events": events, "rounds": size.rounds}
    found = run_inside("batch_cost", environment.of(COLLECT, context.servers), given)
    return {name: BATCH / seconds for name, seconds in found.items()}
