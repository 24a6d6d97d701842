"""Whatever the events, the zone and the query: the answer is what counting the raw events by hand gives."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.analytics.filters import OPERATORS
from shared.analytics.query import METRICS
from tests.examples import examples
from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.reference import VALUES, Event, Reference

# Each around a change of the clocks: of an hour at 2 and 1 o'clock, of an hour at midnight, of half an hour.
CHANGES = {
    "Etc/UTC": [datetime(2026, 3, 1, tzinfo=UTC)],
    "Europe/Berlin": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "America/New_York": [datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)],
    "America/Havana": [datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC)],
    "America/Santiago": [datetime(2026, 9, 6, 4, tzinfo=UTC), datetime(2026, 4, 5, 3, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)],
    "Asia/Kathmandu": [datetime(2026, 12, 31, 18, 15, tzinfo=UTC)],
}
PAGES = ["/", "/a", "/a/b", "/%", ""]
SOURCES = ["", "", "google.com", "Google", "Direct / None", "it's"]
COUNTRIES = ["", "ZZ", "DE", "US"]
CLAUSES = [*PAGES[:-1], *SOURCES[2:], *COUNTRIES[1:], "a", "%", "o", "None", "(unknown)", "Bern", "Chrome", "(not set)"]
TIMES = ["time:hour", "time:day", "time:week", "time:month"]
BODIES: list[dict[str, Any]] = [
    {},
    *({"dimensions": [time]} for time in TIMES),
    {"dimensions": ["event:page"]},
    {"dimensions": ["time:day", "event:page"]},
    {"dimensions": ["event:page", "time:hour"]},
    {"filters": [["is", "event:page", ["/a", "/%"]]]},
    {"filters": [["contains", "event:page", ["a"]]], "dimensions": ["time:hour"]},
    {"filters": [["contains", "event:page", ["/a", "%"]]], "dimensions": ["event:page"]},
    {"filters": [["contains", "event:page", ["a"]], ["is", "event:page", ["/a"]]]},
]

# Whole quarters and half-hours, and what lies just beside them: borders of buckets and gaps of visits.
_A_MOMENT = timedelta(microseconds=1)
starts = st.builds(
    lambda quarters, beside: quarters * timedelta(minutes=15) + beside,
    st.integers(-12 * 4, 12 * 4) | st.integers(-40 * 96, 40 * 96),
    st.sampled_from([-_A_MOMENT, timedelta(0), _A_MOMENT, timedelta(seconds=61)]),
)
gaps = st.sampled_from(
    [timedelta(minutes=30) + beside for beside in (-_A_MOMENT, timedelta(0), _A_MOMENT)]
    + [timedelta(0), _A_MOMENT, timedelta(milliseconds=500), timedelta(minutes=7), timedelta(hours=23)]
)
names = st.sampled_from(["pageview", "pageview", "engagement", "signup"])
changes = st.sampled_from([(zone, change) for zone, moments in CHANGES.items() for change in moments])


@st.composite
def events_around(draw: st.DrawFn, change: datetime) -> list[Event]:
    """Some visitors, each with runs of events."""
    events = []
    for _ in range(draw(st.integers(0, 8))):
        visitor, at = draw(st.sampled_from([-(2**63), 1, 2, 3])), change + draw(starts)
        for gap in draw(st.lists(gaps, max_size=6)):
            page, source, country = (draw(st.sampled_from(values)) for values in (PAGES, SOURCES, COUNTRIES))
            campaign, city, browser = (draw(st.sampled_from(["", value])) for value in ("a", "Bern", "Chrome"))
            events.append(
                Event(
                    visitor, at, draw(names), page, source, country, campaign, city, browser,
                    interactive=draw(st.sampled_from([True, True, False])), id=draw(st.uuids()),
                )
            )  # fmt: skip
            at += gap
    return events


dimensions = st.lists(st.sampled_from(list(VALUES)), unique=True, max_size=3)
filters = st.tuples(
    st.sampled_from(OPERATORS),
    st.sampled_from(list(VALUES)),
    st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=3),
).map(list)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Whatever dimensions there are, alone and together, with time and without, behind filters or not."""
    groupings = draw(st.permutations([*draw(dimensions), *draw(st.lists(st.sampled_from(TIMES), max_size=1))]))
    return {"dimensions": groupings, "filters": draw(st.lists(filters, max_size=2))}


@st.composite
def ranges_around(draw: st.DrawFn, change: datetime, zone: ZoneInfo) -> tuple[list[str], datetime, datetime]:
    """A date range with the borders that it stands for."""
    if draw(st.booleans()):
        first = change.astimezone(zone).date() - timedelta(days=draw(st.sampled_from([0, 0, 1, 1, 6, 35])))
        last = first + timedelta(days=draw(st.sampled_from([0, 0, 1, 2, 40])))
        return [str(first), str(last)], _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    start = change + draw(st.integers(-96, 20)) * timedelta(minutes=draw(st.sampled_from([15, 7])))
    end = start + timedelta(seconds=draw(st.sampled_from([900, 86400, 86401, 10**6])))
    last_second = (end - timedelta(seconds=1)).astimezone(zone)
    return [start.isoformat(), last_second.isoformat()], start, end


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first second of a day, found by looking at every quarter of an hour around it."""
    noon_before = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=36)
    moments = (noon_before + quarters * timedelta(minutes=15) for quarters in range(72 * 4))
    return next(moment for moment in moments if moment.astimezone(zone).date() == day)


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), around=changes)
def test_every_answer_equals_a_count_by_hand(
    analytics: Analytics, data: st.DataObject, around: tuple[str, datetime]
) -> None:
    name, change = around
    events = data.draw(events_around(change))
    date_range, start, end = data.draw(ranges_around(change, ZoneInfo(name)))
    chosen = data.draw(st.permutations(METRICS))[: data.draw(st.sampled_from([2, *[len(METRICS)] * 3]))]
    site = analytics.site(name, events)
    reference = Reference(events, ZoneInfo(name), start, end)
    for body in [*BODIES, *data.draw(st.lists(bodies(), min_size=6, max_size=6))]:
        of_events = any(name.startswith("event:") for _, name, _ in body.get("filters", []))
        metrics = [metric for metric in chosen if not of_events or metric != "views_per_visit"]
        groupings = body.get("dimensions", [])
        order_by = data.draw(_orders([*metrics, *groupings]))
        asked = {**body, "metrics": metrics, "date_range": date_range, "order_by": order_by}

        answered = analytics.rows(site, change, **asked)

        expected = reference.rows(metrics, groupings, body.get("filters", []))
        assert answered == _ordered(expected, metrics, groupings, order_by), asked


def _orders(names: list[str]) -> st.SearchStrategy[list[list[str]] | None]:
    term = st.tuples(st.sampled_from(names), st.sampled_from(["asc", "desc"])).map(list)
    return st.none() | st.lists(term, max_size=3, unique_by=lambda term: term[0])


def _ordered(
    rows: list[tuple[list[str], list[float]]],
    metrics: list[str],
    dimensions: list[str],
    order_by: list[list[str]] | None,
) -> list[tuple[list[str], list[float]]]:
    times = [name for name in dimensions if name.startswith("time")]
    if order_by is None:
        order_by = [*([name, "asc"] for name in times), [metrics[0], "desc"]]
    ties = [[name, "asc"] for name in [*times, *dimensions]]
    for name, direction in reversed([*order_by, *ties]):
        index = dimensions.index(name) if name in dimensions else metrics.index(name)
        part = 0 if name in dimensions else 1
        rows = sorted(rows, key=lambda row: row[part][index], reverse=direction == "desc")
    return rows
