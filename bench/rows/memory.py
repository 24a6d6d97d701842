"""How much memory a warm environment of the API holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from bench import environment
from bench.context import Context
from bench.function_process import Function, started
from bench.http_event import http_event
from bench.outcome import Outcome
from bench.runtime_api import FunctionFailed
from bench.servers import Site
from bench.shapes import SHAPES, bodies
from bench.traffic import page_views

MIB: Final = 1024 * 1024
TARGET: Final = 128
BATCHES: Final = 200


def measure(context: Context) -> Iterator[Outcome]:
    servers = context.servers
    api = Function("api", "functions.api.handler.handler", environment.of_api(servers))
    with started(api) as running:
        for event in _events(servers.add_site()):
            _, answer = running.invoke(event)
            if answer["statusCode"] not in range(200, 300):
                raise FunctionFailed(f"{event['rawPath']} answered {str(answer)[:500]}")
        resident = running.resident_bytes() / MIB
    yield Outcome(
        row="memory",
        what="memory of a warm API environment",
        target=f"≤ {TARGET} MiB resident",
        measured=f"{resident:.0f} MiB",
        met=resident <= TARGET,
        note=f"after {BATCHES} batches of 100 events, health checks and queries",
        figures={"resident_mebibytes": resident},
    )


def _events(site: Site) -> Iterator[dict[str, Any]]:
    views = list(page_views(20_000, end=datetime.now(UTC), span=timedelta(hours=1)))
    query = b'{"site_id":"%d","metrics":["visitors","pageviews"],"date_range":"7d","dimensions":["time:day"]}' % site.id
    for path in ("/health", "/health/db", "/health/redis", "/metrics"):
        yield http_event("GET", path)
    for body in islice(bodies(SHAPES["p09-batch"], views, ""), BATCHES):
        yield http_event("POST", "/v1/events", body=body, token=site.write_key)
    yield http_event("POST", "/v1/query", body=query, token=site.read_key)
