"""Times, spans and shares in words, as the pages show them."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from math import floor
from typing import Final

from shared.status.model import ComponentStatus, Day, Indicator, Phase, State

STATUS: Final[dict[ComponentStatus, str]] = {
    "operational": "Operational",
    "degraded_performance": "Degraded performance",
    "partial_outage": "Partial outage",
    "major_outage": "Major outage",
    "under_maintenance": "Under maintenance",
}
UPDATE: Final[dict[State | Phase, str]] = {
    "investigating": "Investigating",
    "identified": "Identified",
    "monitoring": "Monitoring",
    "resolved": "Resolved",
    "scheduled": "Scheduled",
    "in_progress": "In progress",
    "completed": "Completed",
}
_HEADLINE: Final[dict[Indicator, str]] = {
    "none": "All systems operational",
    "minor": "Some systems are degraded",
    "major": "Partial outage",
    "critical": "Major outage",
    "maintenance": "Maintenance is under way",
}
_TO: Final = "\N{EN DASH}"
_MINUTE: Final = 60
_HOUR: Final = 3600


def headline(indicator: Indicator, statuses: Collection[ComponentStatus]) -> str:
    """Nothing is called down that is not."""
    if indicator == "major" and "major_outage" in statuses:
        return "Some systems are down"
    return _HEADLINE[indicator]


def clock(moment: datetime) -> str:
    return f"{day(moment)}, {moment.astimezone(UTC):%H:%M} UTC"


def day(moment: date) -> str:
    return f"{moment.day} {moment:%b %Y}"


def between(start: datetime, end: datetime) -> str:
    """``24 Nov 2026, 13:00 - 14:30 UTC`` with a dash; the day is said twice only if there are two."""
    if start.date() == end.date():
        return f"{day(start)}, {start:%H:%M} {_TO} {end:%H:%M} UTC"
    return f"{day(start)}, {start:%H:%M} {_TO} {clock(end)}"


def lasting(seconds: float) -> str:
    """Rounded up to minutes: ``2 h 5 min``."""
    minutes = -int(-seconds // _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    parts = [*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes or not hours else [])]
    return " ".join(parts)


def span(start: datetime, end: datetime) -> str:
    return lasting((end - start) / timedelta(seconds=1))


def percent(share: float) -> str:
    """Rounded down: what was down at all is never 100%."""
    hundredths = floor(share * 10_000 + 1e-9)
    return "100%" if share >= 1 else f"{hundredths / 100:.2f}%"


def summary(one: Day) -> str:
    """What a day was like, in a few words."""
    if one.status is None:
        return "no data"
    return ", ".join(_parts(one)) or "no downtime"


def _parts(one: Day) -> Iterator[str]:
    for seconds, what in (
        (one.major, "major outage"), (one.partial, "partial outage"), (one.degraded, "degraded"),
        (one.maintenance, "planned maintenance"),
    ):  # fmt: skip
        if seconds > 0:
            yield f"{lasting(seconds)} {what}"
