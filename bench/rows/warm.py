"""What our code adds to a warm request: middleware, routes, counting."""

from collections.abc import Iterator
from typing import Final

from bench import environment
from bench.benched import API
from bench.bundle import run_inside
from bench.context import Context
from bench.figures import times, whole
from bench.http_event import http_event
from bench.outcome import Outcome

MICROSECONDS: Final = 1e6
TARGET: Final = 150


def measure(context: Context) -> Iterator[Outcome]:
    given = {"event": http_event("GET", "/health"), "calls": context.size.warm_calls}
    found = run_inside("warm", environment.of(API, context.servers), given)
    ours, bare = (found[name] * MICROSECONDS for name in ("ours", "bare"))
    yield Outcome(
        row="warm",
        what="warm overhead per request in process, /health",
        target=f"≤ {TARGET} µs over bare FastAPI + Mangum",
        measured=f"{whole(ours - bare)} µs",
        ratio=times(ours / bare),
        met=ours - bare <= TARGET,
        note=f"{whole(ours)} µs against {whole(bare)} µs",
        figures={"ours_microseconds": ours, "bare_microseconds": bare},
    )
