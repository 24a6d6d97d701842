from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.local_time import change_between, day_start, first_instant, is_timezone, next_step

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00"),
        ("Europe/Berlin", date(2026, 3, 30), "2026-03-29T22:00"),  # the day before has 23 hours
        ("Asia/Kathmandu", date(2026, 5, 20), "2026-05-19T18:15"),
        ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00"),  # midnight is skipped
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00"),  # midnight is shown twice
        ("America/Nuuk", date(2026, 10, 25), "2026-10-25T02:00"),  # clocks go back at midnight
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00"),  # a day that never was
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00"),
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30"),  # from half past eleven to half past twelve
    ],
)
def test_a_day_starts_when_clocks_first_show_it(zone: str, day: date, start: str) -> None:
    assert day_start(day, ZoneInfo(zone)) == datetime.fromisoformat(f"{start}+00:00")


def test_a_time_that_is_skipped_is_the_instant_of_the_change() -> None:
    instant = first_instant(datetime(2026, 3, 29, 2, 30), ZoneInfo("Europe/Berlin"))  # noqa: DTZ001 -- local time

    assert instant == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_change_of_the_clocks_is_found_to_the_second() -> None:
    before, after = datetime(2026, 3, 28, 12, 0, 7, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)

    assert change_between(before, after, ZoneInfo("Europe/Berlin")) == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "instant", "following"),
    [
        ("Etc/UTC", "2026-05-20T10:17:23", "2026-05-20T11:00"),
        ("Asia/Kathmandu", "2026-05-20T10:17", "2026-05-20T11:15"),
        ("Australia/Lord_Howe", "2026-04-04T14:30", "2026-04-04T15:00"),  # at 2 clocks go back to half past 1
        ("Australia/Lord_Howe", "2026-04-04T15:00", "2026-04-04T15:30"),
        ("America/St_Johns", "2010-11-07T02:30", "2010-11-07T02:31"),  # one minute past midnight
    ],
)
def test_an_hour_ends_at_the_full_hour_or_when_clocks_change(zone: str, instant: str, following: str) -> None:
    moment = datetime.fromisoformat(f"{instant}+00:00")

    assert next_step(moment, HOUR, ZoneInfo(zone)) == datetime.fromisoformat(f"{following}+00:00")


@given(
    st.sampled_from(["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza"]),
    st.dates(date(1980, 1, 1), date(2037, 12, 31)),
)
def test_every_second_belongs_to_the_day_that_clocks_show(zone_name: str, day: date) -> None:
    zone = ZoneInfo(zone_name)
    start, end = day_start(day, zone), day_start(day + timedelta(days=1), zone)

    shown = {(moment.astimezone(zone)).date() for moment in (start, start + (end - start) / 2, end - HOUR / 3600)}

    assert shown == {day}
    assert (start - timedelta(seconds=1)).astimezone(zone).date() < day


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_names_of_the_iana_database_are_time_zones(name: str) -> None:
    assert is_timezone(name)


@pytest.mark.parametrize(
    "name", ["", "Europe", "europe/berlin", "../UTC", "/etc/localtime", "localtime", "right/UTC", "UTC\0", "+01:00"]
)
def test_other_names_are_not(name: str) -> None:
    assert not is_timezone(name)
