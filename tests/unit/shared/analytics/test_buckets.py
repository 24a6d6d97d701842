from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.buckets import (
    MAX_BUCKETS,
    BadBuckets,
    TimeDimension,
    automatic,
    cut,
    in_whole_quarters,
)
from shared.analytics.date_range import Dates, Instants, Period, resolve

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def days(first: str, last: str, zone: str = "Etc/UTC") -> Period:
    dates = Dates(date.fromisoformat(first), date.fromisoformat(last))
    return resolve(dates, ZoneInfo(zone), NOW, None)


def between(first: str, last: str, zone: str = "Etc/UTC") -> Period:
    instants = Instants(datetime.fromisoformat(f"{first}+00:00"), datetime.fromisoformat(f"{last}+00:00"))
    return resolve(instants, ZoneInfo(zone), NOW, None)


def labels(period: Period, dimension: TimeDimension) -> list[str]:
    return [bucket.label for bucket in cut(period, dimension)]


@pytest.mark.parametrize(
    ("first", "last", "dimension"),
    [
        ("2026-05-20", "2026-05-20", "time:hour"),
        ("2026-05-19", "2026-05-20", "time:hour"),
        ("2026-05-18", "2026-05-20", "time:day"),
        ("2026-04-10", "2026-05-20", "time:day"),
        ("2026-04-09", "2026-05-20", "time:week"),
        ("2025-05-20", "2026-05-20", "time:week"),
        ("2024-05-20", "2026-05-20", "time:month"),
    ],
)
def test_the_automatic_bucket_follows_the_length_of_the_period(first: str, last: str, dimension: str) -> None:
    assert automatic(days(first, last)) == dimension


@pytest.mark.parametrize(
    ("longest", "dimension", "beyond"),
    [
        (timedelta(hours=49), "time:hour", "time:day"),
        (timedelta(days=41), "time:day", "time:week"),
        (timedelta(weeks=53), "time:week", "time:month"),
    ],
    ids=str,
)
def test_a_period_has_the_finer_bucket_until_it_is_a_whole_step_too_long(
    longest: timedelta, dimension: str, beyond: str
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    until = [start + longest - timedelta(seconds=1), start + longest]
    periods = [resolve(Instants(start, end), ZoneInfo("Etc/UTC"), NOW, None) for end in until]
    assert [automatic(period) for period in periods] == [dimension, beyond]


def test_a_day_of_25_hours_shows_one_hour_twice() -> None:
    shown = labels(days("2026-10-25", "2026-10-25", "Europe/Berlin"), "time:hour")

    assert len(shown) == 25
    assert shown[1:5] == [
        "2026-10-25 01:00:00",
        "2026-10-25 02:00:00",
        "2026-10-25 02:00:00+01:00",
        "2026-10-25 03:00:00",
    ]


def test_a_day_of_23_hours_skips_one() -> None:
    shown = labels(days("2026-03-29", "2026-03-29", "Europe/Berlin"), "time:hour")

    assert len(shown) == 23
    assert shown[1:3] == ["2026-03-29 01:00:00", "2026-03-29 03:00:00"]


def test_half_an_hour_that_is_shown_twice_is_a_bucket_of_half_an_hour() -> None:
    buckets = cut(days("2026-04-05", "2026-04-05", "Australia/Lord_Howe"), "time:hour")

    assert [bucket.label[11:] for bucket in buckets[1:4]] == ["01:00:00", "01:00:00+10:30", "02:00:00"]
    assert buckets[3].start - buckets[2].start == timedelta(minutes=30)


def test_the_minutes_of_a_day_of_25_hours_are_1500() -> None:
    shown = labels(days("2026-10-25", "2026-10-25", "Europe/Berlin"), "time:minute")

    assert len(shown) == len(set(shown)) == 1500


def test_a_day_that_never_was_is_no_bucket() -> None:
    assert labels(days("2011-12-29", "2011-12-31", "Pacific/Apia"), "time:day") == ["2011-12-29", "2011-12-31"]


def test_weeks_start_on_monday_or_with_the_period() -> None:
    assert labels(days("2026-05-13", "2026-05-25"), "time:week") == ["2026-05-13", "2026-05-18", "2026-05-25"]


def test_months_are_named_by_their_first_day() -> None:
    shown = labels(days("2025-12-31", "2026-02-01"), "time:month")

    assert shown == ["2025-12-01", "2026-01-01", "2026-02-01"]


def test_the_first_hour_may_be_a_part_of_one() -> None:
    buckets = cut(between("2026-05-20T10:17:00", "2026-05-20T11:02:00"), "time:hour")

    assert [bucket.label for bucket in buckets] == ["2026-05-20 10:00:00", "2026-05-20 11:00:00"]
    assert buckets[0].start == datetime(2026, 5, 20, 10, 17, tzinfo=UTC)


def test_minutes_are_there_for_a_day_at_most() -> None:
    assert len(cut(days("2026-05-20", "2026-05-20"), "time:minute")) == 1440
    with pytest.raises(BadBuckets, match="at most a day"):
        cut(between("2026-05-20T00:00:00", "2026-05-21T00:00:00"), "time:minute")


@pytest.mark.parametrize(
    ("dimension", "longest"), [("time:hour", 416 * 24), ("time:day", MAX_BUCKETS), ("time:week", MAX_BUCKETS)]
)
def test_too_many_buckets_are_refused(dimension: TimeDimension, longest: int) -> None:
    with pytest.raises(BadBuckets, match="more than 10000 buckets"):
        cut(days("1970-01-01", "2100-12-31"), "time:hour")
    whole = days("1980-01-01", "1980-01-01")
    step = {"time:hour": timedelta(hours=1), "time:day": timedelta(days=1), "time:week": timedelta(days=7)}
    end = min(whole.start + longest * step[dimension], datetime(2100, 1, 1, tzinfo=UTC))

    assert len(cut(Period(whole.start, end, whole.zone), dimension)) <= MAX_BUCKETS


@pytest.mark.parametrize(
    ("period", "dimension", "whole"),
    [
        (days("2026-05-20", "2026-05-20"), "time:hour", True),
        (days("2026-05-20", "2026-05-20", "Asia/Kathmandu"), "time:hour", True),
        (days("1971-05-20", "1971-05-20", "Africa/Monrovia"), "time:day", False),  # 44 minutes and 30 seconds behind
        (between("2026-05-20T10:15:00", "2026-05-20T10:29:59"), "time:hour", True),
        (between("2026-05-20T10:15:00", "2026-05-20T10:30:00"), "time:hour", False),
        (between("2026-05-20T10:14:00", "2026-05-20T10:29:59"), "time:hour", False),
        (days("2026-05-20", "2026-05-20"), "time:minute", False),
    ],
)
def test_sums_per_quarter_serve_when_every_border_is_one(
    period: Period, dimension: TimeDimension, *, whole: bool
) -> None:
    assert in_whole_quarters(period, cut(period, dimension)) is whole


@given(
    st.sampled_from(["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Gaza", "Asia/Kathmandu"]),
    st.dates(date(1972, 1, 2), date(2099, 1, 1)),
    st.integers(0, 40),
    st.sampled_from(["time:hour", "time:day", "time:week", "time:month"]),
)
def test_buckets_follow_each_other_and_each_has_a_label_of_its_own(
    zone: str, first: date, length: int, dimension: TimeDimension
) -> None:
    period = resolve(Dates(first, first + timedelta(days=length)), ZoneInfo(zone), NOW, None)

    buckets = cut(period, dimension)

    starts = [bucket.start for bucket in buckets]
    shown = [bucket.label for bucket in buckets]
    assert starts[0] == period.start
    assert starts == sorted(set(starts))
    assert shown == sorted(set(shown))
    assert starts[-1] < period.end
