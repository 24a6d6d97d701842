"""How things stand for the gates to production. The API and the promotion workflow both decide by these facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from shared.calendar.store import CalendarStore
from shared.changes.gates import Facts, exhausted
from shared.incidents.store import IncidentStore


class Evaluations(Protocol):
    """The store of KPIs, or what stands in for it."""

    def latest(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, kw_only=True)
class GateFacts:
    """``evaluated_within``: an older evaluation of the KPIs says nothing about their budgets."""

    kpis: Evaluations
    calendar: CalendarStore
    incidents: IncidentStore
    evaluated_within: timedelta

    def at(self, now: datetime) -> Callable[[bool], Facts]:
        """Facts by whether the change's migrations are compatible; each is read once, when a gate first asks."""

        @cache
        def facts(migrations_compatible: bool) -> Facts:  # noqa: FBT001 -- the caller knows only this part of the facts
            return Facts(
                exhausted=exhausted(self.kpis.latest(), now, self.evaluated_within),
                freezes=[entry.plan.title for entry in self.calendar.active(now, ["freeze"])],
                incidents=[one.title for one in self.incidents.open_ones() if one.customer_impacting],
                migrations_compatible=migrations_compatible,
            )

        return facts
