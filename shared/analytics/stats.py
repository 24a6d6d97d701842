"""Answers: ``POST /v1/query`` in the form of Plausible's Stats API v2, and who is on a site now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from zoneinfo import ZoneInfo

from shared.analytics import store
from shared.analytics.buckets import BadBuckets, Bucket, TimeDimension, automatic, cut, in_whole_quarters
from shared.analytics.date_range import Period, resolve
from shared.analytics.metrics import Definition, Ratio, definitions
from shared.analytics.query import TIMES, Query
from shared.analytics.refusal import refuse
from shared.analytics.statement import BUCKET, Question

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.analytics.view import Answer, KeptApart, Meta, Row

LIVE: Final = timedelta(minutes=5)
_AHEAD: Final = timedelta(minutes=5)  # as far as ingest accepts an event from a clock that runs ahead


@dataclass(frozen=True)
class Site:
    """What a query has to know of a site; ``timezone`` is a name of the IANA database."""

    id: int
    timezone: str
    domain: str = ""


def answer(connection: "Connection", site: Site, query: Query, now: datetime) -> "Answer":
    """The response to a query at ``now`` (UTC), ready for JSON.

    The connection's transaction must act for the site's organisation: to any other the site is empty.

    Raises
    ------
    QueryRefused
        the time dimension does not fit the length of ``date_range``
    """
    period = _period(connection, site, query, now)
    unit = _unit(query, period)
    buckets = _cut(query, period, unit)
    metrics = _metrics(query, period, buckets)
    order_by = _order_by(query)
    rows, total = store.fetch(
        connection,
        Question(
            site_id=site.id,
            start=period.start,
            end=period.end,
            bucket_starts=[bucket.start for bucket in buckets] if unit else None,
            dimensions=query.breakdown,
            filters=query.filters,
            metrics=metrics,
            order_by=[(BUCKET if name in TIMES else name, direction == "desc") for name, direction in order_by],
            every_bucket=query.include.empty_buckets,
            bots=query.include.bots,
            total_rows=query.include.total_rows,
            limit=query.pagination.limit,
            offset=query.pagination.offset,
        ),
    )
    return {
        "results": [_result(row, query.dimensions, metrics, buckets) for row in rows],
        "meta": _meta(query, store.kept_apart(connection, site.id, period.start, period.end), buckets, total),
        "query": _echo(query, period, unit, order_by),
    }


def live_visitors(connection: "Connection", site: Site, now: datetime) -> int:
    """Visitors with an event in the last 5 minutes; a clock that runs ahead counts as now."""
    return store.visitors_between(connection, site.id, now - LIVE, now + _AHEAD)


def _period(connection: "Connection", site: Site, query: Query, now: datetime) -> Period:
    first_event = store.first_quarter(connection, site.id) if query.date_range == "all" else None
    return resolve(query.date_range, ZoneInfo(site.timezone), now, first_event)


def _unit(query: Query, period: Period) -> TimeDimension | None:
    if query.time_dimension == "time":
        return automatic(period)
    return cast("TimeDimension | None", query.time_dimension)


def _cut(query: Query, period: Period, unit: TimeDimension | None) -> list[Bucket]:
    if unit is None:
        return []
    try:
        return cut(period, unit)
    except BadBuckets as error:
        names: list[str | None] = [*query.dimensions]
        raise refuse(f"{unit} {error}", "dimensions", names.index(query.time_dimension)) from error


def _metrics(query: Query, period: Period, buckets: list[Bucket]) -> dict[str, Definition]:
    known = definitions(
        by_event=any(dimension.of == "event" for dimension in query.breakdown),
        of_events=any(each.dimension.of == "event" for each in query.filters),
        from_roll_up=not (query.breakdown or query.filters or query.include.bots)
        and in_whole_quarters(period, buckets),
    )
    return {name: known[name] for name in query.metrics}


def _order_by(query: Query) -> list[tuple[str, str]]:
    if query.order_by is not None:
        return list(query.order_by)
    first = (query.metrics[0], "desc")
    return [(query.time_dimension, "asc"), first] if query.time_dimension else [first]


def _resolved(name: str, unit: TimeDimension | None) -> str:
    return unit if unit and name == "time" else name


def _result(
    row: dict[str, Any], dimensions: Sequence[str], metrics: dict[str, Definition], buckets: list[Bucket]
) -> "Row":
    groups = [buckets[row[BUCKET] - 1].label if name in TIMES else row[name] for name in dimensions]
    return {
        "metrics": [_shown(row[name], metric) for name, metric in metrics.items()],
        "dimensions": groups,
    }


def _shown(value: int, metric: Definition) -> int | float:
    if isinstance(metric, Ratio) and metric.shown_per > 1:
        return value / metric.shown_per
    return value


def _meta(query: Query, apart: "KeptApart", buckets: list[Bucket], total: int) -> "Meta":
    meta: Meta = {"bots": apart["bots"], "excluded": apart["excluded"]}
    if query.include.time_labels:
        meta["time_labels"] = [bucket.label for bucket in buckets]
    if query.include.total_rows:
        meta["total_rows"] = total
    return meta


def _echo(query: Query, period: Period, unit: TimeDimension | None, order_by: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "site_id": query.site_id,
        "metrics": query.metrics,
        "date_range": period.echo(),
        "filters": [each.echo() for each in query.filters],
        "dimensions": [_resolved(name, unit) for name in query.dimensions],
        "order_by": [[_resolved(name, unit), direction] for name, direction in order_by],
        "include": {name: value for name, value in query.include if value},
        "pagination": {"limit": query.pagination.limit, "offset": query.pagination.offset},
    }
