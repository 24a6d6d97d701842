"""The runbook's table with one day's state: what was due, what ran, what it found."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shared.platform.moments import duration, stamp
from shared.runbook.model import Runbook
from shared.runbook.plan import Planned, plan
from shared.runbook.run import Run
from shared.runbook.show import run_summary, run_view
from shared.runbook.store import RunStore
from shared.runbook.tasks import Schedule
from shared.runbook.view import RunbookDay, RunView, ScheduleRow, TaskRow, TaskState

NOT_DUE: Final = "not due"
UPCOMING: Final = "upcoming"
DUE: Final = "due"  # its hour has passed, its grace has not
NO_RECORD: Final = "no record"  # nor has the watcher judged it: it did not look yet, or was not there yet
_WATCHER: Final = timedelta(minutes=10)  # two of its looks
_LATE: Final = timedelta(days=31)  # so much later a run may be made up for, and still be exported


def day_of(day: date) -> tuple[datetime, datetime]:
    """Its first moment and that of the next day, UTC."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def day_view(runbook: Runbook, store: RunStore, day: date, now: datetime) -> RunbookDay:
    """Every task with its state on that day, the schedules that leave no records, and the components that incidents and
    maintenances name. Raises what the store raises."""
    start, end = day_of(day)
    tasks = plan(runbook)
    installed, _ = store.watched()
    return {
        "date": day.isoformat(),
        "now": stamp(now),
        "installed_at": stamp(installed) if installed else None,
        "tasks": [row(task, day, store.between(task.id, start, end), now, installed or now) for task in tasks],
        "schedules": [
            _schedule(name, one) for name, one in runbook.schedules.by_id().items() if one.grace is None
        ],
        "components": [
            {"id": name, "title": one.title, "description": one.description} for name, one in runbook.components.items()
        ],
    }  # fmt: skip


def records(runbook: Runbook, store: RunStore, day: date) -> Iterator[RunView]:
    """Every record of that day as evidence, by task and time: those scheduled on it, and those that ended on it late.

    What a day's export holds as unfinished, or not at all, stands in a later one. What was played is no evidence.
    """
    start, end = day_of(day)
    for task in plan(runbook):
        for run in store.between(task.id, start - _LATE, end):
            if run.occasion.kind == "played":
                continue
            if run.occasion.scheduled_for >= start or (run.finished_at is not None and start <= run.finished_at < end):
                yield run_view(run)


def row(task: Planned, day: date, runs: Sequence[Run], now: datetime, installed: datetime) -> TaskRow:
    """A line of the table. Its state is that of the scheduled run; before there is one, what the clock says."""
    due = next(task.times(*day_of(day)), None)
    scheduled = next((run for run in runs if run.occasion.kind != "manual"), None)
    state = scheduled.state if scheduled else _expected(due, task.grace, now, installed)
    return {
        "id": task.id, "title": task.title, "responsible": task.responsible, "tooling": task.tooling,
        "hour": task.hour, "weekday": task.weekday, "grace_seconds": int(task.grace.total_seconds()),
        "due_at": stamp(due) if due else None,
        "state": state, "hint": _hint(task, state, due, now, installed),
        "run": run_summary(scheduled) if scheduled else None,
        "manual_runs": [run_summary(run) for run in reversed(runs) if run.occasion.kind == "manual"],
    }  # fmt: skip


def _expected(due: datetime | None, grace: timedelta, now: datetime, installed: datetime) -> TaskState:
    if due is None:
        return NOT_DUE
    if now < due:
        return UPCOMING
    if due < installed:
        return NOT_DUE
    return DUE if now <= due + grace + _WATCHER else NO_RECORD


def _hint(task: Planned, state: str, due: datetime | None, now: datetime, installed: datetime) -> str:
    """What there is to say without a finding."""
    at = f"{due:%H:%M}" if due else ""
    hints = {
        NOT_DUE: _not_due(now, installed) if due else f"{task.weekday}s at {task.hour:02}:00",
        UPCOMING: f"Starts at {at}", DUE: f"Due; it counts as missed after {duration(task.grace)}",
        NO_RECORD: f"Did not run (due {at}). Not checked yet", "requested": "Waits to be run", "running": "Runs now",
    }  # fmt: skip
    return hints.get(state, "")


def _not_due(now: datetime, installed: datetime) -> str:
    when = "today" if installed.date() == now.date() else f"on {installed.day} {installed:%b %Y}"
    return f"Not due yet: installed {when} at {installed:%H:%M}"


def _schedule(name: str, one: Schedule) -> ScheduleRow:
    return {
        "id": name, "title": one.title, "hour": one.hour, "weekday": one.weekday,
        "every_seconds": int(one.every.total_seconds()) if one.every else None,
    }  # fmt: skip
