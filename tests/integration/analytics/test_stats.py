from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from shared.analytics.query import METRICS, parse_query
from shared.analytics.refusal import QueryRefused
from shared.analytics.stats import answer, live_visitors
from tests.integration.analytics.conftest import Analytics
from tests.integration.analytics.reference import Event

if TYPE_CHECKING:
    from shared.analytics.view import Row

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = ["2026-05-20", "2026-05-20"]


def at(clock: str, day: int = 20) -> datetime:
    return datetime.fromisoformat(f"2026-05-{day:02}T{clock}+00:00")


def test_a_visitor_counts_wherever_they_act_and_a_visit_where_it_starts(analytics: Analytics) -> None:
    site = analytics.site(events=[Event(1, at("23:50")), Event(1, at("00:10", 21), page="/late")])

    rows = analytics.rows(
        site,
        NOON,
        metrics=["visitors", "visits", "pageviews", "visit_duration"],
        date_range=["2026-05-20", "2026-05-21"],
        dimensions=["time:day"],
    )

    assert rows == [(["2026-05-20"], [1, 1, 1, 1200]), (["2026-05-21"], [1, 0, 1, 0])]


def test_a_visit_of_one_event_is_a_bounce_whatever_its_heartbeats(analytics: Analytics) -> None:
    site = analytics.site(
        events=[
            Event(1, at("10:00")),
            Event(1, at("10:05"), "engagement"),
            Event(2, at("10:00")),
            Event(2, at("10:05"), "signup"),
            Event(3, at("10:00"), "engagement"),
        ]
    )

    rows = analytics.rows(
        site, NOON, metrics=["bounce_rate", "visits", "events", "pageviews", "visitors"], date_range=DAY
    )

    assert rows == [([], [50, 2, 3, 2, 2])]


def test_halves_are_rounded_to_even_and_views_to_two_decimals(analytics: Analytics) -> None:
    one_bounce_in_eight = [Event(1, at("10:00"))]
    for visitor in range(2, 9):
        one_bounce_in_eight += [Event(visitor, at("10:00")), Event(visitor, at("10:00:04"))]
    site = analytics.site(events=[*one_bounce_in_eight, Event(8, at("10:00:04"))])

    rows = analytics.rows(site, NOON, metrics=["bounce_rate", "visit_duration", "views_per_visit"], date_range=DAY)

    assert rows == [([], [12, 4, 2.0])]  # 12.5 %, 3.5 s, 16 views of 8 visits


def test_a_total_of_nothing_is_a_row_of_zeros(analytics: Analytics) -> None:
    rows = analytics.rows(analytics.site(), NOON, metrics=list(METRICS), date_range="day")

    assert rows == [([], [0] * len(METRICS))]


def test_the_hour_that_is_shown_twice_is_two_buckets(analytics: Analytics) -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    site = analytics.site("Europe/Berlin", [Event(1, first), Event(2, second), Event(3, second)])

    response = analytics.ask(
        site,
        NOON,
        metrics=["visitors", "visits"],
        date_range=["2026-10-25", "2026-10-25"],
        dimensions=["time"],
        include={"time_labels": True},
    )

    assert response["results"] == [
        {"metrics": [1, 1], "dimensions": ["2026-10-25 02:00:00"]},
        {"metrics": [2, 2], "dimensions": ["2026-10-25 02:00:00+01:00"]},
    ]
    assert len(response["meta"]["time_labels"]) == 25
    assert response["query"]["date_range"] == ["2026-10-25T00:00:00+02:00", "2026-10-25T23:59:59+01:00"]


def test_a_day_without_an_hour_has_23_buckets(analytics: Analytics) -> None:
    rows = analytics.rows(
        analytics.site("Europe/Berlin"),
        NOON,
        metrics=["visitors"],
        date_range=["2026-03-29", "2026-03-29"],
        dimensions=["time:hour"],
        include={"empty_buckets": True},
    )

    assert len(rows) == 23
    assert (["2026-03-29 02:00:00"], [0]) not in rows


def test_empty_buckets_are_zeros_on_request_only(analytics: Analytics) -> None:
    site = analytics.site(events=[Event(1, at("10:00", 18)), Event(1, at("10:00", 20))])
    body = {"metrics": list(METRICS), "date_range": ["2026-05-17", "2026-05-20"], "dimensions": ["time:day"]}

    some = analytics.ask(site, NOON, **body, include={"total_rows": True})
    every = analytics.ask(site, NOON, **body, include={"total_rows": True, "empty_buckets": True})

    assert [row["dimensions"] for row in some["results"]] == [["2026-05-18"], ["2026-05-20"]]
    assert [row["dimensions"] for row in every["results"]] == [[f"2026-05-{day}"] for day in range(17, 21)]
    assert every["results"][0]["metrics"] == [0] * len(METRICS)
    assert (some["meta"]["total_rows"], every["meta"]["total_rows"]) == (2, 4)


def test_a_page_has_the_visits_that_saw_it_and_the_bounces_of_those_that_entered_there(
    analytics: Analytics,
) -> None:
    site = analytics.site(
        events=[
            Event(1, at("10:00"), page="/"),
            Event(1, at("10:01"), page="/a"),
            Event(2, at("10:00"), page="/a"),
            Event(3, at("10:00"), page="/"),
        ]
    )
    metrics = ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration", "views_per_visit"]

    rows = analytics.rows(site, NOON, metrics=metrics, date_range=DAY, dimensions=["event:page"])

    assert rows == [(["/"], [2, 2, 2, 50, 30, 1.5]), (["/a"], [2, 2, 2, 100, 0, 1.0])]


@pytest.mark.parametrize("body", [{"dimensions": ["event:page"]}, {"filters": [["is", "event:page", ["/late"]]]}])
def test_a_page_seen_after_midnight_belongs_to_the_day_on_which_the_visit_started(
    analytics: Analytics, body: dict[str, list[str]]
) -> None:
    site = analytics.site(events=[Event(1, at("23:50")), Event(1, at("00:10", 21), page="/late")])

    that_day, next_day = (
        analytics.rows(site, NOON, metrics=["visits"], date_range=[day, day], **body)
        for day in ("2026-05-20", "2026-05-21")
    )

    assert that_day[-1][1] == [1]
    assert next_day in ([], [([], [0])])


def test_events_without_an_address_are_on_no_page(analytics: Analytics) -> None:
    site = analytics.site(events=[Event(1, at("10:00"), "signup", page="")])

    assert analytics.rows(site, NOON, metrics=["events"], date_range=DAY) == [([], [1])]
    assert analytics.rows(site, NOON, metrics=["events"], date_range=DAY, dimensions=["event:page"]) == []


def test_a_source_has_the_whole_visits_that_came_from_it(analytics: Analytics) -> None:
    site = analytics.site(
        events=[
            Event(1, at("10:00"), source="google.com"),
            Event(1, at("10:01"), page="/a", source="elsewhere.com"),
            Event(2, at("10:00"), page="/a"),
            Event(2, at("12:00"), source="google.com"),
        ]
    )
    metrics = ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration", "views_per_visit"]

    rows = analytics.rows(site, NOON, metrics=metrics, date_range=DAY, dimensions=["visit:source"])

    assert rows == [(["google.com"], [2, 2, 3, 50, 30, 1.5]), (["Direct / None"], [1, 1, 1, 100, 0, 1.0])]


@pytest.mark.parametrize(
    ("asked", "pageviews"),
    [
        (["is", "visit:source", ["google.com"]], 2),
        (["is_not", "visit:source", ["google.com"]], 1),
        (["is_not", "visit:source", ["google.com", "elsewhere.com"]], 1),
        (["is", "visit:source", ["Direct / None"]], 1),
        (["contains", "visit:source", ["Direct"]], 1),
        (["contains_not", "visit:source", ["oogle", "None"]], 0),
    ],
)
def test_a_filter_by_source_chooses_visits_with_all_their_events(
    analytics: Analytics, asked: list[Any], pageviews: int
) -> None:
    site = analytics.site(
        events=[
            Event(1, at("10:00"), source="google.com"),
            Event(1, at("10:01"), page="/a"),
            Event(2, at("10:00"), page="/a"),
        ]
    )

    rows = analytics.rows(site, NOON, metrics=["pageviews", "views_per_visit"], date_range=DAY, filters=[asked])

    assert [metrics[0] for _, metrics in rows] == [pageviews]


def test_events_of_a_visit_that_began_before_the_period_have_its_source(analytics: Analytics) -> None:
    site = analytics.site(events=[Event(1, at("23:50", 19), source="google.com"), Event(1, at("00:10"))])
    body = {"metrics": ["visitors", "pageviews", "visits"], "date_range": DAY}

    assert analytics.rows(site, NOON, **body, dimensions=["visit:source"]) == [(["google.com"], [1, 1, 0])]
    assert analytics.rows(site, NOON, **body, filters=[["is", "visit:source", ["google.com"]]]) == [([], [1, 1, 0])]


def test_visitors_from_nowhere_known_are_one_row_whatever_the_edge_called_it(analytics: Analytics) -> None:
    site = analytics.site(
        events=[Event(number, at("10:00"), country=country) for number, country in enumerate(["", "ZZ", "DE"])]
    )
    body = {"metrics": ["visitors"], "date_range": DAY, "dimensions": ["visit:country"]}

    rows = analytics.rows(site, NOON, **body)
    known = analytics.rows(site, NOON, **body, filters=[["is_not", "visit:country", ["(unknown)"]]])

    assert rows == [(["(unknown)"], [2]), (["DE"], [1])]
    assert known == [(["DE"], [1])]


def test_a_page_by_source_has_the_visits_of_that_source(analytics: Analytics) -> None:
    site = analytics.site(
        events=[
            Event(1, at("10:00"), source="google.com"),
            Event(1, at("10:01"), page="/a"),
            Event(2, at("10:00"), page="/a"),
        ]
    )
    dimensions = ["visit:source", "event:page"]

    rows = analytics.rows(site, NOON, metrics=["visitors", "visits"], date_range=DAY, dimensions=dimensions)

    assert rows == [(["Direct / None", "/a"], [1, 1]), (["google.com", "/"], [1, 1]), (["google.com", "/a"], [1, 1])]


def test_pages_of_results_do_not_overlap_and_count_all_rows(analytics: Analytics) -> None:
    site = analytics.site(events=[Event(1, at("10:00"), page=f"/{number}") for number in range(7)])
    body = {"metrics": ["pageviews"], "date_range": DAY, "dimensions": ["event:page"]}

    pages = [
        analytics.ask(site, NOON, **body, include={"total_rows": True}, pagination={"limit": 3, "offset": offset})
        for offset in (0, 3, 6, 9)
    ]

    assert [len(page["results"]) for page in pages] == [3, 3, 1, 0]
    assert [page["meta"]["total_rows"] for page in pages] == [7] * 4
    assert len({row["dimensions"][0] for page in pages for row in page["results"]}) == 7


def test_bots_and_exclusions_of_the_period_are_told_beside_the_numbers(analytics: Analytics) -> None:
    site = analytics.site()
    told = {"site_id": site.id, "received_at": NOON, "page": "/", "interactive": True} | dict.fromkeys(
        ("hostname", "referrer", "source", "country", "currency", "title"), ""
    )
    events = [(1, "10:00", "pageview"), (1, "10:01", "signup"), (2, "10:00", "pageview"), (3, "10:00", "engagement")]
    bots = [
        {**told, "visitor_id": visitor, "timestamp": at(time), "name": name, "id": uuid4()}
        for visitor, time, name in events
    ]
    analytics.store("bot_events", [*bots, {**bots[0], "timestamp": at("10:00", 19)}])
    kept_out = [("10:15", "page", 2), ("10:30", "page", 1), ("10:15", "country", 4)]
    analytics.store(
        "exclusions",
        [
            {"site_id": site.id, "bucket": at(time), "reason": reason, "events": count}
            for time, reason, count in kept_out
        ],
    )

    response = analytics.ask(site, NOON, metrics=["visitors", "events"], date_range=DAY)

    assert response["meta"] == {"bots": {"visitors": 2, "events": 3}, "excluded": {"country": 4, "page": 3}}
    assert response["results"][0]["metrics"] == [0, 0]


def test_bots_count_as_visitors_when_they_are_asked_for(analytics: Analytics) -> None:
    site = analytics.site(events=[Event(1, at("10:00"), page="/a", city="Bern"), Event(1, at("10:10"), page="/b")])
    analytics.add_bots(site, [Event(1, at("10:05"), page="/a"), Event(2, at("10:00"), page="/a")])
    metrics = ["visitors", "visits", "events", "bounce_rate"]

    def rows(**body: Any) -> list[tuple[list[str], list[float]]]:
        return analytics.rows(site, NOON, metrics=metrics, date_range=DAY, **body)

    assert rows() == [([], [1, 1, 2, 0])]
    assert rows(include={"bots": True}) == [([], [2, 3, 4, 67])]
    assert rows(include={"bots": True}, dimensions=["event:page"]) == [(["/a"], [2, 3, 3, 67]), (["/b"], [1, 1, 1, 0])]
    assert rows(include={"bots": True}, dimensions=["visit:entry_page"], filters=[["is", "event:page", ["/a"]]]) == [
        (["/a"], [2, 3, 3, 67])
    ]


def test_whole_quarters_of_an_hour_are_answered_from_the_roll_up(analytics: Analytics) -> None:
    site = analytics.site()
    sums = {"events": 9, "pageviews": 7, "visits": 4, "bounces": 1, "visit_microseconds": 10_000_000}
    analytics.store("traffic", [{"site_id": site.id, "bucket": at("10:15"), **sums}])
    metrics = ["events", "pageviews", "visits", "bounce_rate", "visit_duration", "views_per_visit"]

    whole = analytics.rows(site, NOON, metrics=metrics, date_range=["2026-05-20T10:15:00Z", "2026-05-20T10:29:59Z"])
    uneven = analytics.rows(site, NOON, metrics=metrics, date_range=["2026-05-20T10:15:00Z", "2026-05-20T10:29:58Z"])

    assert whole == [([], [9, 7, 4, 25, 2, 1.75])]
    assert uneven == [([], [0] * 6)]


def test_borders_within_a_quarter_of_an_hour_are_exact(analytics: Analytics) -> None:
    seconds = timedelta(seconds=1)
    first, last = at("10:07"), at("10:21")
    moments = [first - seconds, first, last, last + seconds - timedelta(microseconds=1), last + seconds]
    site = analytics.site(events=[Event(number, moment) for number, moment in enumerate(moments)])
    body = {"date_range": [first.isoformat(), last.isoformat()], "metrics": ["visits", "events", "visitors"]}

    assert analytics.rows(site, NOON, **body) == [([], [3, 3, 3])]
    assert analytics.rows(site, NOON, **body, dimensions=["time:minute"]) == [
        (["2026-05-20 10:07:00"], [1, 1, 1]),
        (["2026-05-20 10:21:00"], [2, 2, 2]),
    ]


def test_minutes_within_whole_quarters_are_exact(analytics: Analytics) -> None:
    site = analytics.site(events=[Event(1, at("10:00:59")), Event(2, at("10:01"))])

    rows = analytics.rows(
        site,
        NOON,
        metrics=["visits", "pageviews"],
        dimensions=["time:minute"],
        date_range=["2026-05-20T10:00:00Z", "2026-05-20T10:14:59Z"],
    )

    assert rows == [(["2026-05-20 10:00:00"], [1, 1]), (["2026-05-20 10:01:00"], [1, 1])]


def test_all_begins_with_the_first_event(analytics: Analytics) -> None:
    site = analytics.site("America/New_York", [Event(1, at("02:00", 4)), Event(1, at("10:00"))])

    response = analytics.ask(site, NOON, metrics=["visits"], date_range="all")

    assert response["results"] == [{"metrics": [2], "dimensions": []}]
    assert response["query"]["date_range"] == ["2026-05-03T00:00:00-04:00", "2026-05-20T23:59:59-04:00"]


def test_all_of_a_site_without_events_is_today(analytics: Analytics) -> None:
    response = analytics.ask(analytics.site(), NOON, metrics=["visits"], date_range="all")

    assert response["query"]["date_range"] == ["2026-05-20T00:00:00+00:00", "2026-05-20T23:59:59+00:00"]


def test_the_last_24_hours_end_now(analytics: Analytics) -> None:
    now = NOON + timedelta(minutes=3)
    moments = [now - timedelta(hours=24), now - timedelta(hours=24) + timedelta(seconds=1), now]
    site = analytics.site(events=[Event(number, moment) for number, moment in enumerate(moments)])

    assert analytics.rows(site, now, metrics=["visitors"], date_range="24h") == [([], [2])]


def test_the_response_repeats_the_query_as_it_was_understood(analytics: Analytics) -> None:
    site = analytics.site("Asia/Tokyo")

    response = analytics.ask(
        site,
        NOON,
        metrics=["pageviews", "visitors"],
        date_range="7d",
        dimensions=["time", "event:page"],
        filters=[["contains", "event:page", ["/a"]]],
        include={"total_rows": True},
        pagination={"limit": 5},
    )

    assert response == {
        "results": [],
        "meta": {"bots": {"visitors": 0, "events": 0}, "excluded": {}, "total_rows": 0},
        "query": {
            "site_id": str(site.id),
            "metrics": ["pageviews", "visitors"],
            "date_range": ["2026-05-14T00:00:00+09:00", "2026-05-20T23:59:59+09:00"],
            "filters": [["contains", "event:page", ["/a"]]],
            "dimensions": ["time:day", "event:page"],
            "order_by": [["time:day", "asc"], ["pageviews", "desc"]],
            "include": {"total_rows": True},
            "pagination": {"limit": 5, "offset": 0},
        },
    }


@pytest.mark.parametrize(
    ("dimensions", "date_range", "pointer"),
    [
        (["time:minute"], ["2026-05-19", "2026-05-20"], "#/dimensions/0"),
        (["event:page", "time:hour"], ["2020-01-01", "2026-05-20"], "#/dimensions/1"),
        (["time:day"], ["1970-01-01", "2026-05-20"], "#/dimensions/0"),
    ],
)
def test_buckets_that_are_too_many_are_refused(
    analytics: Analytics, dimensions: list[str], date_range: list[str], pointer: str
) -> None:
    with pytest.raises(QueryRefused) as refusal:
        analytics.ask(analytics.site(), NOON, metrics=["visits"], date_range=date_range, dimensions=dimensions)

    assert refusal.value.pointer == pointer


def test_the_longest_series_is_answered(analytics: Analytics) -> None:
    rows = analytics.rows(
        analytics.site("Europe/Berlin"),
        NOON,
        metrics=list(METRICS),
        date_range=["2025-04-01", "2026-05-20"],
        dimensions=["time:hour"],
        include={"empty_buckets": True},
    )

    assert len(rows) == 415 * 24


def test_another_organisation_sees_nothing(analytics: Analytics) -> None:
    site = analytics.site(events=[Event(1, NOON), Event(1, NOON, page="/a")])
    bodies: list[dict[str, Any]] = [
        {},
        {"dimensions": ["event:page"]},
        {"dimensions": ["time:day"]},
        {"filters": [["contains", "event:page", ["/"]]]},
        {"dimensions": ["time:day", "event:page"], "date_range": ["2026-05-20T00:00:01Z", "2026-05-21T00:00:00Z"]},
    ]
    with analytics.api.transaction([uuid4()]) as connection:
        for body in bodies:
            metrics = [metric for metric in METRICS if "filters" not in body or metric != "views_per_visit"]
            query = parse_query({"site_id": "1", "metrics": metrics, "date_range": "day", **body})
            results = answer(connection, site, query, NOON)["results"]
            zeros: Row = {"dimensions": [], "metrics": [0] * len(metrics)}
            assert results in ([], [zeros])
        assert live_visitors(connection, site, NOON) == 0


def test_live_are_the_visitors_of_the_last_five_minutes(analytics: Analytics) -> None:
    """Both ends belong to them; a clock may run ahead by five minutes."""
    tick, last = timedelta(microseconds=1), timedelta(minutes=5)
    ages = [last + tick, last, timedelta(0), -last, -last - tick]
    now_active = ages.index(timedelta(0))
    site = analytics.site(
        events=[*(Event(number, NOON - age) for number, age in enumerate(ages)), Event(now_active, NOON, "engagement")]
    )

    assert analytics.live(site, NOON) == 3
    assert analytics.live(site, NOON + timedelta(hours=1)) == 0
