"""``date_range``: the forms that it has in a query, and the period of time that each stands for."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shared.analytics.local_time import SECOND, day_start
from shared.analytics.refusal import wrong

MIN_YEAR: Final = 1970
MAX_YEAR: Final = 2100
_NAMED: Final = {"day", "24h", "month", "year", "all"}
_LAST: Final = re.compile(r"([1-9][0-9]{0,3})(d|mo)")
_LONGEST: Final = {"d": 5000, "mo": 100}
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORMS: Final = (
    'must be "day", "24h", "month", "year", "all", a number of days ("7d") or months ("6mo"), '
    "two dates or two datetimes"
)


@dataclass(frozen=True)
class Dates:
    """Calendar days of the site's time zone, both ends included."""

    first: date
    last: date


@dataclass(frozen=True)
class Instants:
    """Seconds, both ends included."""

    first: datetime
    last: datetime


DateRange = str | Dates | Instants


@dataclass(frozen=True)
class Period:
    """From ``start`` (included) to ``end`` (excluded), in UTC; ``zone`` is the site's."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    def echo(self) -> list[str]:
        """First and last second, as the response repeats them."""
        return [moment.astimezone(self.zone).isoformat() for moment in (self.start, self.end - SECOND)]


def parse_date_range(value: object) -> DateRange:
    """Read the field. Raises pydantic's custom error."""
    if isinstance(value, str):
        return _parse_name(value)
    if isinstance(value, list) and len(value) == 2 and all(isinstance(end, str) for end in value):  # noqa: PLR2004 -- a start and an end
        return _parse_ends(*value)
    raise wrong(_FORMS)


def _parse_name(name: str) -> str:
    last = _LAST.fullmatch(name)
    if name in _NAMED or (last and int(last[1]) <= _LONGEST[last[2]]):
        return name
    if last:
        raise wrong(f"goes back too far: at most {_LONGEST[last[2]]}{last[2]}")
    raise wrong(_FORMS)


def _parse_ends(first: str, last: str) -> Dates | Instants:
    if _DATE.fullmatch(first) and _DATE.fullmatch(last):
        dates = Dates(_parse_date(first), _parse_date(last))
        _check_order(dates)
        return dates
    instants = Instants(_parse_instant(first), _parse_instant(last))
    _check_order(instants)
    return instants


def _parse_date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise wrong(f"{text} is not a date") from error
    _check_year(day)
    return day


def _parse_instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise wrong(f"{text[:40]!r} is neither a date nor a datetime in ISO 8601") from error
    if _DATE.fullmatch(text) or moment.tzinfo is None:
        raise wrong(f"{text} needs a time and a UTC offset, such as 2026-11-23T12:00:00+01:00")
    _check_year(moment)
    return moment.astimezone(UTC).replace(microsecond=0)


def _check_year(day: date) -> None:
    if not MIN_YEAR <= day.year <= MAX_YEAR:
        raise wrong(f"lies outside the years {MIN_YEAR} to {MAX_YEAR}")


def _check_order(ends: Dates | Instants) -> None:
    if ends.last < ends.first:
        raise wrong("ends before it begins")


def resolve(date_range: DateRange, zone: ZoneInfo, now: datetime, first_event: datetime | None) -> Period:
    """The period that a date range stands for at ``now`` (UTC); ``first_event`` is where "all" begins.

    Days and months that are counted back ("7d", "6mo") are whole ones, today and this month the last of them, so that what was
    just sent is in them (docs/adr/0009); "day", "month" and "year" are the current ones up to their last second.
    """
    match date_range:
        case Instants(first, last):
            return Period(first, last + SECOND, zone)
        case "24h":
            end = now.replace(microsecond=0) + SECOND
            return Period(end - timedelta(hours=24), end, zone)
        case Dates(first, last):
            return _of_dates(first, last, zone)
    today = now.astimezone(zone).date()
    return _of_dates(*_days(date_range, today, (first_event or now).astimezone(zone).date()), zone)


def _of_dates(first: date, last: date, zone: ZoneInfo) -> Period:
    return Period(day_start(first, zone), day_start(last + timedelta(days=1), zone), zone)


def _days(name: str, today: date, first_day: date) -> tuple[date, date]:
    month = today.replace(day=1)
    match name:
        case "day":
            return today, today
        case "month":
            return month, _months_later(month, 1) - timedelta(days=1)
        case "year":
            return today.replace(month=1, day=1), today.replace(month=12, day=31)
        case "all":
            return min(first_day, today), today
    number = int(name.removesuffix("mo").removesuffix("d"))
    if name.endswith("mo"):
        return _months_later(month, 1 - number), _months_later(month, 1) - timedelta(days=1)
    return today - timedelta(days=number - 1), today


def _months_later(first_of_month: date, months: int) -> date:
    years, month = divmod(first_of_month.month - 1 + months, 12)
    return first_of_month.replace(year=first_of_month.year + years, month=month + 1)
