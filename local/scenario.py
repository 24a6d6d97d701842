"""The events of `make demo`, and what plain SQL says about them afterwards."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pg8000.native

EVENTS = 10_000
RESENT = 1_000
BATCH = 500
_VISITORS = 1_500
_PAGES = ("/", "/pricing", "/docs", "/docs/install", "/blog/exactly-once", "/contact")

# Plain SQL over the raw events, sharing nothing with the roll-ups: a gap of more than 30 minutes
# ends a visit; a bounce is a visit of one event.
TOTALS_SQL = """
with gaps as (
    select visitor_id, timestamp, name,
           coalesce(timestamp - lag(timestamp) over w > interval '30 minutes', true) as begins
    from events where site_id = :site
    window w as (partition by visitor_id order by timestamp, id)
), numbered as (
    select *, count(*) filter (where begins) over (partition by visitor_id order by timestamp, begins desc
                                                   rows unbounded preceding) as visit
    from gaps
), visits as (
    select visitor_id, count(*) as events, count(*) filter (where name = 'pageview') as pageviews,
           extract(epoch from max(timestamp) - min(timestamp)) as seconds
    from numbered group by visitor_id, visit
)
select count(distinct visitor_id), count(*), sum(pageviews), sum(events),
       round(100.0 * count(*) filter (where events = 1) / count(*)), round(avg(seconds)),
       round(sum(pageviews)::numeric / count(*), 2)
from visits
"""
METRICS = ("visitors", "visits", "pageviews", "events", "bounce_rate", "visit_duration", "views_per_visit")
PAGES_SQL = "select page, count(*) from events where site_id = :site and name = 'pageview' group by page"


def events(domain: str, now: datetime) -> list[dict[str, Any]]:
    """Distinct events of the last three days: visits of several pages, a purchase now and then."""
    dice = random.Random("p09 demo")  # noqa: S311  # a simulation
    made: list[dict[str, Any]] = []
    while len(made) < EVENTS:
        at = now - timedelta(seconds=dice.uniform(6 * 3600, 3 * 86_400))
        visitor = f"visitor-{dice.randrange(_VISITORS)}"
        for _ in range(dice.randint(1, 6)):
            name = "pageview" if dice.random() < 0.9 else "purchase"  # noqa: PLR2004 -- a share of the made-up traffic
            made.append(
                {
                    "id": str(uuid4()),
                    "name": name,
                    "timestamp": at.isoformat(),
                    "visitor_id": visitor,
                    "url": f"https://{domain}{dice.choice(_PAGES)}",
                    "properties": {"value": dice.randrange(100)} if name == "purchase" else {},
                }
            )
            at += timedelta(seconds=dice.uniform(1, 2400))
    return made[:EVENTS]


def batches(made: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Every event once and RESENT of them twice, all in random order."""
    dice = random.Random("p09 demo order")  # noqa: S311  # a simulation
    sent = made + dice.sample(made, RESENT)
    dice.shuffle(sent)
    return [sent[begin : begin + BATCH] for begin in range(0, len(sent), BATCH)]


def totals(connection: pg8000.native.Connection, site_id: int) -> dict[str, float]:
    [row] = connection.run(TOTALS_SQL, site=site_id)
    return {metric: float(value or 0) for metric, value in zip(METRICS, row, strict=True)}


def pages(connection: pg8000.native.Connection, site_id: int) -> dict[str, int]:
    return {str(page): int(count) for page, count in connection.run(PAGES_SQL, site=site_id)}


def utc_now() -> datetime:
    return datetime.now(UTC)
