from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from shared.analytics.date_range import Period, parse_date_range, resolve

UTC_ZONE = ZoneInfo("Etc/UTC")
NOW = datetime(2026, 5, 20, 22, 30, 15, 999, tzinfo=UTC)  # already the 21st in Berlin


def period_of(value: object, zone: str = "Etc/UTC", first_event: datetime | None = None) -> Period:
    return resolve(parse_date_range(value), ZoneInfo(zone), NOW, first_event)


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("day", "2026-05-20T00:00:00", "2026-05-20T23:59:59"),
        ("24h", "2026-05-19T22:30:16", "2026-05-20T22:30:15"),
        ("7d", "2026-05-14T00:00:00", "2026-05-20T23:59:59"),
        ("28d", "2026-04-23T00:00:00", "2026-05-20T23:59:59"),
        ("30d", "2026-04-21T00:00:00", "2026-05-20T23:59:59"),
        ("91d", "2026-02-19T00:00:00", "2026-05-20T23:59:59"),
        ("month", "2026-05-01T00:00:00", "2026-05-31T23:59:59"),
        ("6mo", "2025-12-01T00:00:00", "2026-05-31T23:59:59"),
        ("12mo", "2025-06-01T00:00:00", "2026-05-31T23:59:59"),
        ("year", "2026-01-01T00:00:00", "2026-12-31T23:59:59"),
        (["2026-01-31", "2026-02-28"], "2026-01-31T00:00:00", "2026-02-28T23:59:59"),
        (["2026-01-31T01:00:00+02:00", "2026-01-31T01:59:59.5+02:00"], "2026-01-30T23:00:00", "2026-01-30T23:59:59"),
        (["2026-01-31T01:00:00Z", "2026-01-31T01:00:00Z"], "2026-01-31T01:00:00", "2026-01-31T01:00:00"),
    ],
)
def test_each_form_stands_for_its_period(value: object, first: str, last: str) -> None:
    assert period_of(value).echo() == [f"{first}+00:00", f"{last}+00:00"]


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("day", "2026-05-21T00:00:00+02:00", "2026-05-21T23:59:59+02:00"),
        ("7d", "2026-05-15T00:00:00+02:00", "2026-05-21T23:59:59+02:00"),
        ("6mo", "2025-12-01T00:00:00+01:00", "2026-05-31T23:59:59+02:00"),
        (["2026-03-29", "2026-03-29"], "2026-03-29T00:00:00+01:00", "2026-03-29T23:59:59+02:00"),
    ],
)
def test_days_are_those_of_the_zone(value: object, first: str, last: str) -> None:
    assert period_of(value, "Europe/Berlin").echo() == [first, last]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-25", 25)])
def test_days_on_which_clocks_change_have_23_or_25_hours(day: str, hours: int) -> None:
    period = period_of([day, day], "Europe/Berlin")

    assert period.end - period.start == timedelta(hours=hours)


def test_all_begins_on_the_day_of_the_first_event() -> None:
    period = period_of("all", "Europe/Berlin", datetime(2024, 2, 28, 23, tzinfo=UTC))

    assert period.echo() == ["2024-02-29T00:00:00+01:00", "2026-05-21T23:59:59+02:00"]


def test_all_is_today_when_the_only_event_lies_ahead() -> None:
    assert period_of("all", first_event=NOW + timedelta(days=1)).echo()[0] == "2026-05-20T00:00:00+00:00"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("yesterday", 'must be "day"'),
        ("0d", 'must be "day"'),
        ("7D", 'must be "day"'),
        ("realtime", 'must be "day"'),
        ("5001d", "at most 5000d"),
        ("101mo", "at most 100mo"),
        (7, 'must be "day"'),
        (None, 'must be "day"'),
        ([], 'must be "day"'),
        (["2026-01-01"], 'must be "day"'),
        (["2026-01-01", 5], 'must be "day"'),
        (["2026-01-01", "2026-01-02", "2026-01-03"], 'must be "day"'),
        (["2026-02-30", "2026-03-01"], "2026-02-30 is not a date"),
        (["2026-01-02", "2026-01-01"], "ends before it begins"),
        (["2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"], "ends before it begins"),
        (["1969-12-31", "2026-01-01"], "outside the years 1970 to 2100"),
        (["2026-01-01", "2101-01-01"], "outside the years 1970 to 2100"),
        (["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"], "outside the years 1970 to 2100"),
        (["2026-01-01T00:00:00", "2026-01-02T00:00:00"], "needs a time and a UTC offset"),
        (["2026-01-01", "2026-01-02T00:00:00Z"], "needs a time and a UTC offset"),
        (["20260101", "20260102"], "needs a time and a UTC offset"),
        (["now", "then"], "neither a date nor a datetime"),
    ],
)
def test_anything_else_is_refused_with_a_reason(value: object, reason: str) -> None:
    with pytest.raises(PydanticCustomError) as refusal:
        parse_date_range(value)

    assert reason in refusal.value.message()


@given(st.text() | st.lists(st.text(), min_size=2, max_size=2))
def test_no_text_is_anything_but_a_date_range_or_refused(value: object) -> None:
    try:
        period = resolve(parse_date_range(value), UTC_ZONE, NOW, None)
    except PydanticCustomError:
        return
    assert period.start < period.end
