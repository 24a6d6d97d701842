"""What each metric counts, in terms of columns that the sources of ``store`` give for each group.

How whole visits are told apart:

- by time, by a visit's dimension or in total: a visit belongs to the bucket in which it starts;
- by an event's dimension, such as the page: ``visits`` saw the page, while ``bounce_rate``, ``visit_duration`` and
  ``views_per_visit`` are of those that entered on it, as in Plausible;
- with a filter on an event's dimension: ``visits`` and ``visit_duration`` are of visits that saw such a page,
  ``bounce_rate`` is of those that entered on one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Source = Literal["rolled_up", "acted", "started", "saw"]


@dataclass(frozen=True)
class Column:
    """A sum that a source gives for each group."""

    source: Source
    name: str


@dataclass(frozen=True)
class Count:
    """A metric that is a sum itself."""

    column: Column

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.column,)

    @property
    def counted(self) -> Column:
        return self.column


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """``factor`` times ``part`` by ``unit`` times ``per``, rounded half to even; 0 when there is nothing.

    ``shown_per`` divides what is shown: 100 with a factor of 100 gives two decimals.
    """

    part: Column
    per: Column
    factor: int = 1
    unit: int = 1
    shown_per: int = 1

    @property
    def columns(self) -> tuple[Column, ...]:
        return (self.part, self.per)

    @property
    def counted(self) -> Column:
        return self.per


Definition = Count | Ratio

_VISITORS: Final = Column("acted", "visitors")
_MICROSECONDS: Final = 1_000_000


def definitions(*, by_event: bool, of_events: bool, from_roll_up: bool) -> Mapping[str, Definition]:
    """The metrics of a query.

    Parameters
    ----------
    by_event
        an event's dimension groups the results
    of_events
        a filter on an event's dimension chooses among the events of visits
    from_roll_up
        only time groups, nothing filters, and all borders are whole quarters of an hour
    """
    if by_event:
        return _BY_EVENT
    if of_events:
        return _OF_EVENTS
    return _OF_ROLL_UP if from_roll_up else _OF_ROWS


def _by_time(events: Source, visits: Source) -> dict[str, Definition]:
    pageviews, started = Column(events, "pageviews"), Column(visits, "visits")
    return {
        "visitors": Count(_VISITORS),
        "events": Count(Column(events, "events")),
        "pageviews": Count(pageviews),
        "visits": Count(started),
        **_rates(visits, started, duration=Column(visits, "microseconds"), per=started),
        "views_per_visit": Ratio(part=pageviews, per=started, factor=100, shown_per=100),
    }


def _rates(source: Source, of: Column, *, duration: Column, per: Column) -> dict[str, Definition]:
    return {
        "bounce_rate": Ratio(part=Column(source, "bounces"), per=of, factor=100),
        "visit_duration": Ratio(part=duration, per=per, unit=_MICROSECONDS),
    }


_OF_ROLL_UP: Final = _by_time("rolled_up", "rolled_up")
_OF_ROWS: Final = _by_time("acted", "started")

_ENTERED: Final = Column("started", "visits")
_SAW: Final = Column("saw", "visits")
_BY_EVENT: Final[dict[str, Definition]] = {
    "visitors": Count(_VISITORS),
    "events": Count(Column("acted", "events")),
    "pageviews": Count(Column("acted", "pageviews")),
    "visits": Count(_SAW),
    **_rates("started", _ENTERED, duration=Column("started", "microseconds"), per=_ENTERED),
    "views_per_visit": Ratio(part=Column("started", "pageviews"), per=_ENTERED, factor=100, shown_per=100),
}
_OF_EVENTS: Final[dict[str, Definition]] = {
    **{name: _BY_EVENT[name] for name in ("visitors", "events", "pageviews", "visits")},
    **_rates("started", _ENTERED, duration=Column("saw", "microseconds"), per=_SAW),
}
