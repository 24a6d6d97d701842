"""Finds the task that never ran, and the one that began and never ended. It depends on nothing but the table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared.platform.dynamodb import Overtaken
from shared.platform.moments import stamp
from shared.runbook.model import Runbook
from shared.runbook.plan import Planned, plan
from shared.runbook.run import Finding, Occasion, Run, Verdict
from shared.runbook.store import RunStore

OVERLAP: Final = timedelta(minutes=15)  # of one look with the next: a look that is lost loses nothing
CATCH_UP: Final = timedelta(days=2)  # after an outage of the watcher itself
OPEN: Final = timedelta(days=2)  # so far back a run may still be open


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Ids of the records that were made or ended."""

    missed: tuple[str, ...]
    timed_out: tuple[str, ...]


def watch(runbook: Runbook, store: RunStore, now: datetime, clock: datetime) -> Seen:
    """Judge the times whose grace has ended by ``now``; ``clock`` is the wall's, and differs when a past day is played.

    What was due before the first look ever is nobody's fault.
    """
    since, until = store.watched()
    since = since or store.watch_since(clock)
    begin = now - OVERLAP
    if since <= now:
        begin = max(min(begin, until or begin), now - CATCH_UP)
    missed = tuple(_missed(runbook, store, begin, now, since))
    timed_out = tuple(_timed_out(runbook, store, now))
    if until is None or until < now:
        store.watch_until(now)
    return Seen(missed=missed, timed_out=timed_out)


def _missed(runbook: Runbook, store: RunStore, begin: datetime, now: datetime, since: datetime) -> Iterator[str]:
    for task in plan(runbook):
        for due in task.times(begin - task.grace, now - task.grace + timedelta(seconds=1)):
            judged = due >= since or now < since
            if judged and (run := _without_record(store, task, due, now)):
                yield run


def _without_record(store: RunStore, task: Planned, due: datetime, now: datetime) -> str | None:
    occasion = Occasion(task=task.id, scheduled_for=due)
    if store.get(task.id, occasion.run) is not None:
        return None
    why = f"No run was recorded within {task.grace} of {stamp(due)}: did its schedule fire, did the function start?"
    run = Run(occasion=occasion, finished_at=now, finding=Finding(verdict=Verdict.MISSED, why=why))
    return _recorded(store, None, run, task, now)


def _timed_out(runbook: Runbook, store: RunStore, now: datetime) -> Iterator[str]:
    for task in plan(runbook):
        for run in store.between(task.id, now - OPEN, now + timedelta(seconds=1)):
            if run.state == "running" and run.deadline is not None and run.deadline < now:
                why = (
                    f"Attempt {run.attempt} began at {stamp(run.started_at or now)} and had not ended by {stamp(now)}."
                )
                ended = replace(run, finished_at=now, finding=Finding(verdict=Verdict.TIMED_OUT, why=why))
                if found := _recorded(store, run, ended, task, now):
                    yield found


def _recorded(store: RunStore, before: Run | None, run: Run, task: Planned, now: datetime) -> str | None:
    try:
        store.finish(before, run, task, now)
    except Overtaken:  # it ran after all
        return None
    return run.id
