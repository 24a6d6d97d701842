"""What has to leave a run record, and at which times: the daily tasks and the schedules that are tasks as well."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.platform.refusals import Unknown
from shared.runbook.fields import Weekday
from shared.runbook.model import Runbook

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A task and its hour (UTC), of every day or of one ``weekday``."""

    id: str
    title: str
    responsible: str
    tooling: str
    grace: timedelta
    hour: int
    weekday: Weekday | None = None

    def times(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """When it is due, from ``start`` (included) to ``end`` (excluded)."""
        at = start.astimezone(UTC).replace(hour=self.hour, minute=0, second=0, microsecond=0)
        while at < end:
            if at >= start and self.weekday in {None, _WEEKDAYS[at.weekday()]}:
                yield at
            at += _DAY


def plan(runbook: Runbook) -> tuple[Planned, ...]:
    """Every task of the runbook, by its hour."""
    daily = (
        Planned(
            id=name, title=task.title, responsible=task.responsible, tooling=task.tooling, grace=task.grace,
            hour=task.hour,
        )
        for name, task in runbook.tasks.by_id().items()
    )  # fmt: skip
    further = (
        Planned(
            id=name, title=one.title, responsible=one.responsible or "", tooling=one.tooling or "", grace=one.grace,
            hour=one.hour, weekday=one.weekday,
        )
        for name, one in runbook.schedules.by_id().items()
        if one.grace is not None and one.hour is not None
    )  # fmt: skip
    return tuple(sorted((*daily, *further), key=lambda one: (one.hour, one.weekday or "", one.id)))


class UnknownTask(Unknown):
    """The runbook has no task of this id."""

    def __init__(self, runbook: Runbook, task: str) -> None:
        super().__init__(f"{task} is not a task of the runbook: {', '.join(one.id for one in plan(runbook))}")


def planned(runbook: Runbook, task: str) -> Planned:
    """Raises UnknownTask."""
    for one in plan(runbook):
        if one.id == task:
            return one
    raise UnknownTask(runbook, task)
