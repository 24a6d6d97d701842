"""The catalogue of events on the bus: one typed model each. An event's detail-type is its model's name."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Final, Literal

Severity = Literal["page", "ticket"]


class UnknownEvent(ValueError):
    """A detail-type that the catalogue lacks, or a detail that is not of its model."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened, told once. Consumers ignore an ``id`` that they have seen, where the model has one."""

    source: ClassVar[str]

    @property
    def detail_type(self) -> str:
        return type(self).__name__

    @property
    def detail(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class EventsWaiting(Event):
    """Accepted events wait in a stream whose worker was idle."""

    source: ClassVar[str] = "p09.ingestion"
    stream: str


@dataclass(frozen=True, kw_only=True)
class _KpiEvent(Event):
    """``id`` is the same each time the same change is sent; ``decision`` names the record that proves it."""

    source: ClassVar[str] = "p09.kpi"
    id: str
    kpi: str
    title: str
    severity: Severity
    decision: str
    at: str
    why: str


@dataclass(frozen=True, kw_only=True)
class KpiBreached(_KpiEvent):
    """A target is missed that was met before, or in the calendar window before."""


@dataclass(frozen=True, kw_only=True)
class KpiRecovered(_KpiEvent):
    """A target is met again."""


@dataclass(frozen=True, kw_only=True)
class BudgetExhausted(_KpiEvent):
    """Nothing is left of an error budget."""


@dataclass(frozen=True, kw_only=True)
class _DataEvent(Event):
    source: ClassVar[str] = "p09.kpi"
    id: str
    severity: Severity
    at: str
    why: str


@dataclass(frozen=True, kw_only=True)
class KpiDataMissing(_DataEvent):
    """No request is measured: nothing can be said of any KPI."""


@dataclass(frozen=True, kw_only=True)
class KpiDataReturned(_DataEvent):
    """Requests are measured again."""


CATALOGUE: Final[dict[str, type[Event]]] = {
    model.__name__: model
    for model in (EventsWaiting, KpiBreached, KpiRecovered, BudgetExhausted, KpiDataMissing, KpiDataReturned)
}


def read(detail_type: str, detail: dict[str, Any] | str) -> Event:
    """The event of a detail as it came over the bus. Raises UnknownEvent."""
    if (model := CATALOGUE.get(detail_type)) is None:
        raise UnknownEvent(f"{detail_type} is not in the catalogue: {', '.join(CATALOGUE)}")
    content = json.loads(detail) if isinstance(detail, str) else detail
    names = {field.name for field in fields(model)}
    if names != set(content):
        raise UnknownEvent(f"{detail_type} has the fields {sorted(names)}, not {sorted(content)}")
    return model(**content)
