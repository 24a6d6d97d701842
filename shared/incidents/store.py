"""Incidents in the operations table.

A change is one transaction, conditional on the version that it began with: the incident, its timeline, the place of its
cause, what KPIs count, and the events that tell it. Repeated, concurrent or cut short, it has happened once or not at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared.incidents.model import Entry, Incident, Step
from shared.incidents.record import entry_of, incident_of, source_of, to_text
from shared.incidents.refusal import UnknownIncident
from shared.incidents.signals import Signal
from shared.incidents.source import Source
from shared.platform.aws.dynamodb import Delete, Item, Overtaken, Put, Table, Value, Write
from shared.platform.moments import moment, stamp
from shared.platform.outbox import leave

_INCIDENTS: Final = "incidents"
_CAUSES: Final = "incidents#cause"
_SOURCES: Final = "incidents#source"
_SIGNALS: Final = "incidents#signal"
_IMPACTING: Final = "incidents#customer-impacting"
_SINCE: Final = "since"
_SIGNALS_KEPT: Final = timedelta(days=30)  # longer than anything is delivered again
_BEHIND_EVERY_ID: Final = "~"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A cause and the last incident of it."""

    cause: str
    incident: str
    is_open: bool


class IncidentStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, incident_id: str) -> Incident:
        """Raises UnknownIncident."""
        item = self.table.get(_INCIDENTS, incident_id)
        if item is None:
            raise UnknownIncident(incident_id)
        return _incident(item)

    def newest(self, *, before: str | None = None, limit: int) -> list[Incident]:
        """By their ids, which is by when they opened."""
        found = self.table.query(_INCIDENTS, before=before or _BEHIND_EVERY_ID, newest_first=True, limit=limit)
        return [_incident(item) for item in found]

    def opened_between(self, start: datetime, end: datetime) -> list[Incident]:
        """Oldest first; ``end`` is not included."""
        first, last = (f"INC-{at:%Y%m%d-%H%M%S}" for at in (start, end))
        return [_incident(item) for item in self.table.query(_INCIDENTS, between=(first, last))]

    def open_ones(self) -> list[Incident]:
        """Oldest first."""
        keys = {(_INCIDENTS, place.incident) for place in self._places() if place.is_open}
        found = (_incident(item) for item in self.table.get_many(keys).values())
        return sorted((one for one in found if one.is_open), key=lambda one: one.id)

    def timeline(self, incident_id: str) -> list[Entry]:
        """In the order in which it became known."""
        return [entry_of(str(item["entry"])) for item in self.table.query(_timeline(incident_id))]

    def place(self, cause: str) -> Place | None:
        item = self.table.get(_CAUSES, cause)
        return _place(item) if item else None

    def source(self, source: str) -> Source | None:
        item = self.table.get(_SOURCES, source)
        return _source(item) if item else None

    def held(self) -> list[Source]:
        """Sources that fail and have opened nothing yet."""
        return [source for item in self.table.query(_SOURCES) if (source := _source(item)).held]

    def is_known(self, signal: Signal) -> bool:
        return self.table.get(_SIGNALS, signal.id) is not None

    def count_impacting(self, start: datetime, end: datetime) -> int | None:
        """Customer-impacting incidents that opened in a span, ``end`` not included; None as long as nobody records any."""
        if self.table.get(_IMPACTING, _SINCE) is None:
            return None
        # A key begins with its moment and is longer: one at the end is behind it.
        return len(self.table.query(_IMPACTING, between=(stamp(start), stamp(end))))

    def recorded_since(self) -> datetime | None:
        item = self.table.get(_IMPACTING, _SINCE)
        return moment(str(item["at"])) if item else None

    def count_since(self, now: datetime) -> None:
        """From now on incidents are recorded: KPIs may say that there were none."""
        if self.table.get(_IMPACTING, _SINCE) is None:
            try:
                item: Item = {"pk": _IMPACTING, "sk": _SINCE, "at": stamp(now)}
                self.table.write([Put(item=item, expect={"sk": None})])
            except Overtaken:
                return  # another has done it

    def hear(
        self, signal: Signal, source: Source, outcome: str, changes: Sequence[Write] = (), incident: str | None = None
    ) -> None:
        """Record a signal that was not known, and what it changes. Raises ``Overtaken``, and then has written nothing."""
        known: dict[str, Value] = {
            "pk": _SIGNALS, "sk": signal.id, "at": stamp(signal.at), "source": signal.source, "cause": signal.cause,
            "failing": int(signal.failing), "outcome": outcome, "incident": incident or "",
            "why": f"{signal.title}: {signal.why}", "expires_at": int((signal.at + _SIGNALS_KEPT).timestamp()),
        }  # fmt: skip
        self.write([Put(item=known, expect={"sk": None}), self.source_put(source), *changes])

    @staticmethod
    def source_put(source: Source) -> Put:
        """The source as it stands now, if nobody has changed it meanwhile."""
        after = replace(source, version=source.version + 1)
        item: Item = {"pk": _SOURCES, "sk": source.last.source, "record": to_text(after), "version": after.version}
        return Put(item=item, expect={"version": source.version or None})

    def save(self, before: Incident | None, step: Step, also: Iterable[Write] = ()) -> Incident:
        """Raises ``Overtaken``, and then has written nothing."""
        self.write([*self.changes(before, step), *also])
        return self.written(step)

    def write(self, writes: Iterable[Write]) -> None:
        """All of them or none, those with conditions first. Raises ``Overtaken``."""
        self.table.write(sorted(writes, key=lambda one: not (isinstance(one, Put) and one.expect)))

    @staticmethod
    def written(step: Step) -> Incident:
        return replace(step.incident, version=step.incident.version + 1)

    def changes(self, before: Incident | None, step: Step) -> list[Write]:
        """The writes of a step; with conditions on what they begin with."""
        after = self.written(step)
        item: Item = {"pk": _INCIDENTS, "sk": after.id, "record": to_text(after), "version": after.version}
        expected = before.version if before else None
        return [
            Put(item=item, expect={"version": expected}),
            *self._place_puts(before, after),
            *_counted(before, after),
            *_entries(after, step.entries),
            *map(leave, step.told),
        ]

    def _place_puts(self, before: Incident | None, after: Incident) -> Iterator[Write]:
        """Where signals of its causes go: who opens an incident has to find each cause as free as it was seen."""
        was_open = before is not None and before.is_open
        for cause in after.causes:
            new = before is None or cause not in before.causes
            if after.merged_into or (was_open == after.is_open and not new):
                continue  # a merged one's causes belong to the other
            item: Item = {"pk": _CAUSES, "sk": cause, "incident": after.id, "open": int(after.is_open)}
            free = after.is_open and not was_open
            yield Put(item=item, expect=self._free(cause) if free else {})

    def _free(self, cause: str) -> Mapping[str, Value | None]:
        found = self.place(cause)
        if found is None:
            return {"sk": None}
        if found.is_open:
            raise Overtaken(f"{found.incident} is open for {cause}")
        return {"incident": found.incident, "open": 0}

    def _places(self) -> list[Place]:
        return [_place(item) for item in self.table.query(_CAUSES)]


def _counted(before: Incident | None, after: Incident) -> Iterator[Write]:
    """What the KPI of customer-impacting incidents counts."""
    was = before is not None and before.counts_for_customers
    key = f"{stamp(after.opened_at)}#{after.id}"
    if after.counts_for_customers and not was:
        yield Put(item={"pk": _IMPACTING, "sk": key, "incident": after.id})
    if was and not after.counts_for_customers:
        yield Delete(key=(_IMPACTING, key))


def _entries(after: Incident, entries: Sequence[Entry]) -> Iterator[Write]:
    first = after.entries - len(entries) + 1
    for number, entry in enumerate(entries, first):
        yield Put(item={"pk": _timeline(after.id), "sk": f"{number:06}", "entry": to_text(entry)})


def _timeline(incident_id: str) -> str:
    return f"incident-timeline#{incident_id}"


def _incident(item: Item) -> Incident:
    return incident_of(str(item["record"]))


def _source(item: Item) -> Source:
    return source_of(str(item["record"]))


def _place(item: Item) -> Place:
    return Place(cause=str(item["sk"]), incident=str(item["incident"]), is_open=item["open"] == 1)
