"""The definitions of the numbers, once more and as plainly as possible: everything is counted over the raw events."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

GAP = timedelta(minutes=30)
QUARTER = 900
Row = tuple[list[str], list[float]]
Filter = tuple[str, str, list[str]]


@dataclass(frozen=True)
class Event:
    visitor: int
    at: datetime
    name: str = "pageview"
    page: str = "/"
    source: str = ""
    country: str = ""
    campaign: str = ""
    city: str = ""
    browser: str = ""
    interactive: bool = True
    id: UUID = field(default_factory=uuid4)

    @property
    def counts(self) -> bool:
        return self.name != "engagement"


@dataclass(frozen=True)
class Visit:
    events: tuple[Event, ...]

    @property
    def first(self) -> Event:
        return self.events[0]

    @property
    def last(self) -> Event:
        return self.events[-1]

    @property
    def entry(self) -> Event:
        """What the visit is made of: its first pageview, else its first event."""
        return next((event for event in self.events if event.name == "pageview"), self.first)

    @property
    def exit(self) -> Event:
        return next((event for event in reversed(self.events) if event.name == "pageview"), self.last)

    @property
    def interactive(self) -> int:
        return sum(event.counts and event.interactive for event in self.events)

    @property
    def counted(self) -> int:
        return sum(event.counts for event in self.events)

    @property
    def pageviews(self) -> int:
        return sum(event.name == "pageview" for event in self.events)

    @property
    def bounced(self) -> bool:
        return self.interactive < 2

    @property
    def duration(self) -> timedelta:
        return self.last.at - self.first.at


def visits_of(events: Iterable[Event]) -> list[Visit]:
    """A run of engagement alone is none."""
    ordered = sorted(events, key=lambda event: (event.visitor, event.at, event.id))
    return [
        Visit(tuple(run))
        for _, own in groupby(ordered, key=lambda event: event.visitor)
        for run in _runs(list(own))
        if any(event.counts for event in run)
    ]


def _runs(events: list[Event]) -> list[list[Event]]:
    runs: list[list[Event]] = []
    for event in events:
        if runs and event.at - runs[-1][-1].at <= GAP:
            runs[-1].append(event)
        else:
            runs.append([event])
    return runs


def quarter(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // QUARTER * QUARTER, UTC)


# What each dimension says of an event and its visit; without a value, nothing: then there is no row for it.
VALUES: dict[str, Callable[[Event, Visit], str]] = {
    "event:page": lambda event, _: event.page,
    "visit:entry_page": lambda _, visit: visit.entry.page or "(not set)",
    "visit:exit_page": lambda _, visit: visit.exit.page or "(not set)",
    "visit:source": lambda _, visit: visit.entry.source or "Direct / None",
    "visit:utm_campaign": lambda _, visit: visit.entry.campaign or "(not set)",
    "visit:country": lambda _, visit: "(unknown)" if visit.entry.country in {"", "ZZ"} else visit.entry.country,
    "visit:city": lambda _, visit: visit.entry.city or "(unknown)",
    "visit:browser": lambda _, visit: visit.entry.browser or "(not set)",
}


def _holds(asked: Filter, event: Event, visit: Visit) -> bool:
    operator, dimension, clauses = asked
    value = VALUES[dimension](event, visit)
    matches = value in clauses if operator.startswith("is") else any(clause in value for clause in clauses)
    return matches != operator.endswith("_not")


@dataclass(frozen=True)
class Reference:
    """Answers queries over events in ``start`` <= time < ``end`` by looking at each of them."""

    events: Sequence[Event]
    zone: ZoneInfo
    start: datetime
    end: datetime

    def rows(self, metrics: Sequence[str], dimensions: Sequence[str] = (), filters: Sequence[Filter] = ()) -> list[Row]:
        """One row for each group in which something was counted, by its labels."""
        groups = {self._labels(dimensions, event.at, event, visit) for event, visit in self._acted()}
        groups |= {
            self._labels(dimensions, visit.first.at, event, visit)
            for visit in self._started()
            for event in {*visit.events, visit.entry}
        }
        of_events = any(name.startswith("event:") for _, name, _ in filters)
        counted = [
            (list(group), *self._count(metrics, dimensions, group, filters, of_events=of_events))
            for group in sorted(groups)
            if all(group)
        ]
        if not dimensions and not counted:
            counted = [([], *self._count(metrics, (), (), filters, of_events=of_events))]
        return [(labels, values) for labels, values, something in counted if something or not dimensions]

    def _count(
        self,
        metrics: Sequence[str],
        dimensions: Sequence[str],
        group: tuple[str, ...],
        filters: Sequence[Filter],
        *,
        of_events: bool,
    ) -> tuple[list[float], bool]:
        def belongs(moment: datetime, event: Event, visit: Visit) -> bool:
            chosen = all(_holds(each, event, visit) for each in filters)
            return chosen and self._labels(dimensions, moment, event, visit) == group

        by_event = any(name.startswith("event:") for name in dimensions)
        acted = [event for event, visit in self._acted() if belongs(event.at, event, visit)]
        entered = [visit for visit in self._started() if belongs(visit.first.at, visit.entry, visit)]
        saw = [
            visit
            for visit in self._started()
            if any(belongs(visit.first.at, each, visit) for each in visit.events if each.counts)
        ]
        views = sum(event.name == "pageview" for event in acted)
        lasted = saw if of_events and not by_event else entered
        counts: dict[str, tuple[float, bool]] = {
            "visitors": _whole(len({event.visitor for event in acted})),
            "events": _whole(sum(event.counts for event in acted)),
            "pageviews": _whole(views),
            "visits": _whole(len(saw)),
            "bounce_rate": _ratio(100 * sum(visit.bounced for visit in entered), len(entered)),
            "visit_duration": _ratio(
                Fraction(sum((visit.duration for visit in lasted), timedelta()) // timedelta(microseconds=1), 10**6),
                len(lasted),
            ),
            "views_per_visit": _ratio(
                sum(visit.pageviews for visit in entered) if by_event else views, len(entered), decimals=2
            ),
        }
        chosen = [counts[metric] for metric in metrics]
        return [value for value, _ in chosen], any(something for _, something in chosen)

    def _acted(self) -> list[tuple[Event, Visit]]:
        """Engagement makes no visitor count."""
        pairs = ((event, visit) for visit in visits_of(self.events) for event in visit.events if event.counts)
        return [(event, visit) for event, visit in pairs if self.start <= event.at < self.end]

    def _started(self) -> list[Visit]:
        return [visit for visit in visits_of(self.events) if self.start <= visit.first.at < self.end]

    def _labels(self, dimensions: Sequence[str], moment: datetime, event: Event, visit: Visit) -> tuple[str, ...]:
        return tuple(
            VALUES[dimension](event, visit) if dimension in VALUES else self._label(dimension, moment)
            for dimension in dimensions
        )

    def _label(self, dimension: str, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        first_day = self.start.astimezone(self.zone).date()
        days: dict[str, date] = {
            "time:day": local.date(),
            "time:week": max(local.date() - timedelta(days=local.weekday()), first_day),
            "time:month": local.date().replace(day=1),
        }
        if dimension in days:
            return str(days[dimension])
        shown = local.strftime("%Y-%m-%d %H:%M:00" if dimension == "time:minute" else "%Y-%m-%d %H:00:00")
        return shown + (local.isoformat()[-6:] if local.fold else "")


def _whole(number: int) -> tuple[float, bool]:
    return number, number > 0


def _ratio(part: Fraction | int, per: int, *, decimals: int = 0) -> tuple[float, bool]:
    if per == 0:
        return 0, False
    rounded: Any = round(Fraction(part) / per * 10**decimals)
    return (rounded / 100 if decimals else rounded), True
