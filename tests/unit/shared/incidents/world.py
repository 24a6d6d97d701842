"""A table in memory, and what happens around it: signals come, people act, time passes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from shared.calendar.edit import Calendar
from shared.calendar.model import Plan
from shared.calendar.store import CalendarStore
from shared.events.event import Event
from shared.incidents.act import act, merge, report
from shared.incidents.by_people import Report, Saying
from shared.incidents.handle_signal import handle_signal
from shared.incidents.model import Incident
from shared.incidents.review_store import ReviewStore
from shared.incidents.rules import Rules
from shared.incidents.signals import Signal, signals_of
from shared.incidents.store import IncidentStore
from shared.incidents.tick import Ticked, tick
from shared.platform.aws.dynamodb import Delete, Overtaken, PrimaryKey, Put, Value, Write
from shared.runbook.load import the_runbook
from shared.together.maintenances import maintenances_at

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = Rules.of(the_runbook())
ALL = tuple(RULES.components)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@dataclass
class MemoryTable:
    """What the real table does for these stores; ``meanwhile`` is what another does just before the next write."""

    items: dict[PrimaryKey, dict[str, Value]] = field(default_factory=dict)
    meanwhile: list[Any] = field(default_factory=list)

    def get(self, pk: str, sk: str) -> dict[str, Value] | None:
        return self.items.get((pk, sk))

    def get_many(self, keys: Any) -> dict[PrimaryKey, dict[str, Value]]:
        return {key: self.items[key] for key in keys if key in self.items}

    def query(
        self, pk: str, *, between: tuple[str, str] | None = None, before: str | None = None, newest_first: bool = False,
        limit: int | None = None,
    ) -> list[dict[str, Value]]:  # fmt: skip
        found = sorted(
            sk
            for partition, sk in self.items
            if partition == pk
            and (between is None or between[0] <= sk <= between[1])
            and (before is None or sk < before)
        )
        return [self.items[pk, sk] for sk in (found[::-1] if newest_first else found)[:limit]]

    def write(self, writes: Sequence[Write]) -> None:
        if self.meanwhile:
            self.meanwhile.pop()()
        keys = [_key(one) for one in writes]
        assert len(set(keys)) == len(keys), "DynamoDB takes one operation per item"
        for one in writes:
            stored = self.items.get(_key(one), {})
            if isinstance(one, Put) and any(stored.get(name) != value for name, value in one.expect.items()):
                raise Overtaken
        for one in writes:
            if isinstance(one, Put):
                self.items[_key(one)] = dict(one.item)
            elif isinstance(one, Delete):
                self.items.pop(one.key, None)


@dataclass
class World:
    table: Any = field(default_factory=MemoryTable)

    def __post_init__(self) -> None:
        self.incidents, self.reviews = IncidentStore(self.table), ReviewStore(self.table)
        self.calendar = CalendarStore(self.table)
        self.planned = partial(maintenances_at, self.calendar)

    def hear(self, *said: Event | Signal) -> list[str]:
        """What came of each of their signals."""
        signals = (signal for one in said for signal in ((one,) if isinstance(one, Signal) else signals_of(one, RULES)))
        return [handle_signal(self.incidents, RULES, self.planned, signal) for signal in signals]

    def tick(self, minutes: float) -> Ticked:
        return tick(self.incidents, self.reviews, RULES, self.planned, at(minutes))

    def act(self, incident: Incident, minutes: float, change: Any, *said: Any, **options: Any) -> Incident:
        saying = Saying(by="ada", at=at(minutes), note="seen", public=True)
        return act(self.incidents, RULES, incident.id, at(minutes), lambda one: change(one, saying, *said, **options))

    def report(self, title: str, minutes: float, *, customer_impacting: bool = False) -> Incident:
        what = Report(
            title=title, severity="ticket", customer_impacting=customer_impacting, components=(), owner="",
        )  # fmt: skip
        return report(self.incidents, what, Saying(by="ada", at=at(minutes)))

    def merge(self, first: Incident, second: Incident, minutes: float) -> Incident:
        return merge(self.incidents, first.id, second.id, Saying(by="ada", at=at(minutes)))

    def maintain(self, start: float, end: float, *components: str) -> None:
        plan = Plan(
            kind="maintenance", title="Upgrade", reason="-", start=at(start), end=at(end), components=components or ALL
        )  # fmt: skip
        Calendar(self.calendar, ALL, by="grace", now=at(start)).plan(plan)

    def all(self) -> list[Incident]:
        return self.incidents.newest(limit=100)[::-1]

    def only(self) -> Incident:
        (found,) = self.all()
        return found

    def told(self) -> list[dict[str, Any]]:
        """What was left in the outbox, by incident and sequence."""
        left = [json.loads(item["detail"]) for item in self.table.query("outbox")]
        return sorted((one for one in left if "incident" in one), key=lambda one: (one["incident"], one["sequence"]))

    def changes(self) -> list[tuple[str, str]]:
        return [(one["id"], one["change"]) for one in self.told()]

    def reviews_told(self) -> list[dict[str, Any]]:
        left = [json.loads(item["detail"]) for item in self.table.query("outbox")]
        return [one for one in left if "review" in one]

    def impacting(self) -> list[str]:
        """What KPIs count."""
        return [item["sk"] for item in self.table.query("incidents#customer-impacting") if item["sk"] != "since"]


def _key(write: Write) -> PrimaryKey:
    return (str(write.item["pk"]), str(write.item["sk"])) if isinstance(write, Put) else write.key
