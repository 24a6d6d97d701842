"""What people do to the calendar. Each is one transaction with its event."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from shared.calendar import model
from shared.calendar.model import Entry, Plan, due, told_by
from shared.calendar.store import CalendarStore
from shared.platform.refusals import Unknown


class UnknownEntry(Unknown):
    """The calendar has no entry of this id."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(f"the calendar has no {entry_id}: GET /v1/calendar lists what it has")


class Calendar:
    """The calendar for one person at one moment. Raises a refusal, ``Overtaken`` and what the table raises."""

    def __init__(
        self,
        store: CalendarStore,
        components: Collection[str],
        *,
        by: str,
        now: datetime,
        outage: Callable[[Collection[str]], str] = lambda _components: "",
    ) -> None:
        """``outage`` finds the open incident by which customers of some components are affected, "" if there is none."""
        self._store = store
        self._components = components
        self._by = by
        self._now = now.replace(microsecond=0)
        self._outage = outage

    def plan(self, plan: Plan) -> Entry:
        """The same plan of the same person again is the entry that exists: a request that is sent twice plans once."""
        entry = model.make(
            plan, f"{plan.kind}-{uuid4().hex[:12]}", by=self._by, now=self._now, components=self._components,
            during=self._outage(plan.components),
        )  # fmt: skip
        for other in self._store.between(entry.plan.start, entry.plan.end, [plan.kind]):
            if other.plan == entry.plan and other.created_by == self._by:
                return other
        self._store.write(None, entry, *([] if entry.waits else [told_by(entry, "planned")]))
        return entry

    def confirm(self, entry_id: str) -> Entry:
        """A second person agrees to a maintenance that begins during an outage: now it is announced."""
        before = self._find(entry_id)
        after = model.confirm(before, by=self._by, now=self._now)
        self._store.write(before, after, told_by(after, "planned"))
        return after

    def change(self, entry_id: str, **changes: Any) -> Entry:
        """``changes`` are those fields of the plan that become others."""
        before = self._find(entry_id)
        plan = replace(before.plan, **changes)
        if plan == before.plan:
            return before
        after = model.change(
            before, plan, by=self._by, now=self._now, components=self._components,
            during=self._outage(plan.components),
        )  # fmt: skip
        self._store.write(before, after, *([] if after.waits else [told_by(after, "changed")]))
        return after

    def cancel(self, entry_id: str, reason: str) -> Entry:
        """One that has begun ends now."""
        before = self._find(entry_id)
        after = model.cancel(before, reason, by=self._by, now=self._now)
        if after.cancelled:
            self._store.write(before, after, *([] if before.waits else [told_by(after, "cancelled")]))
            return after
        steps = list(due(after, self._now))
        ended = steps[-1][0] if steps else after
        self._store.write(before, ended, *(event for _, event in steps))
        return ended

    def _find(self, entry_id: str) -> Entry:
        if (entry := self._store.get(entry_id)) is None:
            raise UnknownEntry(entry_id)
        return entry
