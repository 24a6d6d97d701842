"""`GET /metrics` for Prometheus: OpenMetrics text from the counters in Valkey, and from what was counted at the edge."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from aws_lambda_powertools.logging import Logger
from fastapi import APIRouter, Response

from functions.api.services import Services, ServicesOf
from shared.collection.stream import BACKLOG_COMMANDS, COUNTERS, Backlog, backlog
from shared.http.permissions import PERMISSIONS
from shared.http.telemetry import LATENCY, LATENCY_BUCKETS, REQUESTS, UNMATCHED
from shared.kpi.counts import Counts
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.valkey import Valkey
from shared.storage.counters import SITE_TOTALS

router = APIRouter(tags=["health"])
logger = Logger(child=True)

_BOUNDS: Final = [f"{bound:g}" for bound in LATENCY_BUCKETS] + ["+Inf"]
# Each known route's failures are exported from 0 on, so that the first one is an increase.
_FAILURES: Final = [
    f"{method} {route} {status}"
    for method, path in sorted(PERMISSIONS)
    for route in (path, UNMATCHED)
    for status in (500, 503)
]
_INGEST: Final = {
    "accepted": "Events accepted: durable in the stream.",
    "rejected": "Events refused, one by one, in batches of which others were accepted.",
    "stored": "Events stored in PostgreSQL.",
    "repeated": "Events that came again and were not counted again.",
    "dead_lettered": "Stream entries moved to the dead letters.",
}


@router.head("/metrics", include_in_schema=False)
@router.get("/metrics", response_class=Response, summary="Counters for Prometheus")
async def metrics(services: ServicesOf) -> Response:
    """Equal from whichever Lambda environment answers: the counters are in Valkey and in the operations table."""
    from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST

    text = exposed(services.valkey, _counted(services), is_maintenance=_is_maintenance(services))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def exposed(valkey: Valkey, counted: "Counts | None", *, is_maintenance: bool | None) -> bytes:
    """OpenMetrics text of Valkey's counters, and of what the operations table says as far as it can be read: what was
    counted at the edge, and whether a planned maintenance is on."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.openmetrics.exposition import generate_latest

    registry = CollectorRegistry()
    registry.register(_Collector(valkey, counted, is_maintenance=is_maintenance))
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]  # not annotated
    return text


def _counted(services: Services) -> Counts | None:
    """What was counted at the edge. Without it the rest is still worth a scrape."""
    try:
        return services.counted.total(datetime.now(UTC))
    except (AwsUnavailable, AwsRefused):
        logger.warning("the edge's counters are left out: the operations table can't be read")
        return None


def _is_maintenance(services: Services) -> bool | None:
    """Whether a planned maintenance is on, which no alert tells of; None where nobody knows."""
    from shared.together.maintenances import maintenances_at

    try:
        return bool(maintenances_at(services.calendar, datetime.now(UTC)))
    except (AwsUnavailable, AwsRefused):
        return None


class _Collector:
    def __init__(self, valkey: Valkey, counted: "Counts | None", *, is_maintenance: bool | None) -> None:
        self._valkey = valkey
        self._counted = counted
        self._is_maintenance = is_maintenance

    def collect(self) -> Iterator[Any]:
        replies = self._valkey.pipeline(
            [
                ("HGETALL", REQUESTS),
                ("HGETALL", LATENCY),
                ("HGETALL", COUNTERS),
                *(("HGETALL", key) for key in SITE_TOTALS.values()),
                *BACKLOG_COMMANDS,
            ]
        )
        requests, latency, ingest, *sites = (_pairs(reply) for reply in replies[: 3 + len(SITE_TOTALS)])
        if self._counted is not None:
            yield from _edge(self._counted)
        if self._is_maintenance is not None:
            yield _maintenance(is_on=self._is_maintenance)
        yield _requests(dict.fromkeys(_FAILURES, 0.0) | requests)
        yield from _latency(latency)
        yield from _ingest(ingest)
        yield from _sites(sites)
        yield from _stream(backlog(replies[-len(BACKLOG_COMMANDS) :], time.time()))


def _pairs(reply: list[bytes]) -> dict[str, float]:
    return {name.decode(): float(value) for name, value in zip(reply[::2], reply[1::2], strict=True)}


def _requests(counts: dict[str, float]) -> Any:
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily("p09_http_requests", "Requests answered.", labels=["method", "route", "status"])
    for name, count in sorted(counts.items()):
        family.add_metric(name.split(" "), count)
    return family


def _edge(counted: Counts) -> Iterator[Any]:
    """From 0 on: a counter that is born with its first error hides that error from ``increase``."""
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

    yield CounterMetricFamily(
        "p09_edge_requests",
        "Requests that clients made, answered or not; those in planned maintenance apart.",
        value=counted.requests,
    )
    yield CounterMetricFamily(
        "p09_edge_errors",
        "Requests that clients saw fail with a 5xx: timeouts and throttles too.",
        value=counted.errors,
    )
    yield CounterMetricFamily("p09_edge_long_requests", "Requests of long routes.", value=counted.long)
    yield CounterMetricFamily(
        "p09_edge_long_requests_slow", "Those that took longer than the limit of long routes.", value=counted.long_slow
    )
    from shared.runbook.load import the_runbook  # its model takes a while: only who is scraped waits

    bounds = the_runbook().slices.latency_bounds_ms
    buckets = [(f"{bound / 1000:g}", float(counted.within(bound))) for bound in bounds]
    family = HistogramMetricFamily(
        "p09_edge_request_duration_seconds",
        "Time until the client had its answer, of routes that are not long.",
        unit="seconds",
    )
    # Without a sum: the edge counts buckets alone.
    family.add_metric([], [*buckets, ("+Inf", float(counted.timed))], None)
    yield family


def _maintenance(*, is_on: bool) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    explanation = "1 while a planned maintenance is on: its requests are in no counter of the edge."
    return GaugeMetricFamily("p09_maintenance_active", explanation, value=float(is_on))


def _latency(counts: dict[str, float]) -> Iterator[Any]:
    from prometheus_client.core import HistogramMetricFamily

    by_route: dict[str, dict[str, float]] = defaultdict(dict)
    for name, count in counts.items():
        route, _, bucket = name.rpartition(" ")
        by_route[route][bucket] = count
    family = HistogramMetricFamily(
        "p09_http_request_duration_seconds",
        "Time to answer a request.",
        labels=["method", "route"],
        unit="seconds",
    )
    for route, buckets in sorted(by_route.items()):
        sums, total = [], 0.0
        for bound in _BOUNDS:
            total += buckets.get(bound, 0)
            sums.append((bound, total))
        family.add_metric(route.split(" "), sums, buckets.get("sum", 0.0))
    yield family


def _ingest(counts: dict[str, float]) -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily

    for name, explanation in _INGEST.items():
        unit = "entries" if name == "dead_lettered" else "events"
        yield CounterMetricFamily(f"p09_{unit}_{name}", explanation, value=counts.get(name, 0))


def _sites(totals: Iterable[dict[str, float]]) -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily

    for name, counts in zip(SITE_TOTALS, totals, strict=True):
        family = CounterMetricFamily(f"p09_site_{name}", f"Stored {name} of a site.", labels=["site"])
        for site, count in sorted(counts.items(), key=lambda item: int(item[0])):
            family.add_metric([site], count)
        yield family


def _stream(waiting: Backlog) -> Iterator[Any]:
    from prometheus_client.core import GaugeMetricFamily

    yield GaugeMetricFamily("p09_stream_entries", "Entries that wait to be stored.", value=waiting.entries)
    yield GaugeMetricFamily(
        "p09_stream_oldest_age_seconds",
        "Age of the oldest entry that waits.",
        value=waiting.oldest_seconds,
        unit="seconds",
    )
    yield GaugeMetricFamily("p09_dead_letter_entries", "Entries in the dead letters.", value=waiting.dead_letters)
