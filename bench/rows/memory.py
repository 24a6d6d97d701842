"""How much memory a warm environment of each function for HTTP holds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from bench.benched import API, COLLECT, QUERY
from bench.context import Context
from bench.function_process import ours, started
from bench.http_event import http_event
from bench.outcome import Outcome
from bench.requests import batches, query
from bench.runtime_api import FunctionFailed
from bench.servers import Site

MIB: Final = 1024 * 1024
QUERIES: Final = 10


@dataclass(frozen=True)
class Use:
    """What a function does before its memory is looked at, and the most that it may hold then."""

    function: str
    what: str
    requests: Callable[[Site, int], Iterable[dict[str, Any]]]
    most_mebibytes: int


def _batches(site: Site, count: int) -> Iterable[dict[str, Any]]:
    return batches(site.write_key, count)


def _watched(_site: Site, _count: int) -> Iterable[dict[str, Any]]:
    return (http_event("GET", path) for path in ("/health", "/health/db", "/health/redis", "/metrics"))


def _queries(site: Site, count: int) -> Iterable[dict[str, Any]]:
    return (query(site, days) for days in range(1, min(count, QUERIES) + 1))


USES: Final = (
    Use(COLLECT, "that takes events", _batches, 72),
    Use(API, "that is watched", _watched, 96),
    Use(QUERY, "that answers queries", _queries, 400),
)


def measure(context: Context) -> Iterator[Outcome]:
    for use in USES:
        yield _outcome(use, context)


def _outcome(use: Use, context: Context) -> Outcome:
    with started(ours(use.function, context.servers)) as running:
        events = list(use.requests(context.servers.add_site(), context.size.batches))
        for event in events:
            _, answer = running.invoke(event)
            if answer["statusCode"] not in range(200, 300):
                raise FunctionFailed(f"{event['rawPath']} answered {str(answer)[:500]}")
        resident = running.resident_bytes() / MIB
    return Outcome(
        row="memory",
        what=f"memory of a warm environment {use.what} ({use.function})",
        target=f"≤ {use.most_mebibytes} MiB resident",
        measured=f"{resident:.0f} MiB",
        met=resident <= use.most_mebibytes,
        note=f"after {len(events)} requests",
        figures={"resident_mebibytes": resident},
    )
