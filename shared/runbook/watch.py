"""Finds the task that never ran, and the one that began and never ended. It depends on nothing but the table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared.platform.aws.dynamodb import Overtaken
from shared.platform.moments import stamp
from shared.runbook.model import Runbook
from shared.runbook.plan import Planned, plan
from shared.runbook.run import Finding, Kind, Occasion, Run, Verdict
from shared.runbook.store import RunStore

AT_ONCE: Final = timedelta(days=7)  # of an outage of the watcher itself; the next looks go on from there
OPEN: Final = timedelta(days=2)  # so far back of what was judged a run may still be open
LATEST: Final = timedelta(hours=2)  # that Lambda delivers a look; what is older is a past day that is played


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Ids of the records that were made or ended."""

    missed: tuple[str, ...]
    timed_out: tuple[str, ...]


def watch(runbook: Runbook, store: RunStore, now: datetime, clock: datetime) -> Seen:
    """Judge the times whose grace has ended by ``now``; ``clock`` is the wall's.

    What was due before the first look ever is nobody's fault. When a past day is played, everything that it should
    have brought so far is judged, and how far the watcher has come in its own time stays as it is.
    """
    played = clock - now > LATEST
    since, until = store.watched()
    since = since or store.watch_since(clock)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begin = midnight if played else min(now, until or now)
    end = min(now, begin + AT_ONCE)
    missed = tuple(_missed(runbook, store, (begin, end), None if played else since, clock))
    unfinished = tuple(_unfinished(runbook, store, begin - OPEN, now, clock))
    if not played and (until is None or until < end):
        store.watch_until(end)
    return Seen(
        missed=(*missed, *(id_ for verdict, id_ in unfinished if verdict is Verdict.MISSED)),
        timed_out=tuple(id_ for verdict, id_ in unfinished if verdict is Verdict.TIMED_OUT),
    )


def _missed(
    runbook: Runbook, store: RunStore, looked: tuple[datetime, datetime], since: datetime | None, clock: datetime
) -> Iterator[str]:
    begin, end = looked
    kind: Kind = "played" if since is None else "scheduled"
    for task in plan(runbook):
        for due in task.times(begin - task.grace, end - task.grace + timedelta(seconds=1)):
            if (since is None or due >= since) and (
                run := _without_record(store, task, Occasion(task=task.id, scheduled_for=due, kind=kind), end, clock)
            ):
                yield run


def _without_record(store: RunStore, task: Planned, occasion: Occasion, now: datetime, clock: datetime) -> str | None:
    before = store.get(task.id, occasion.run)
    if before is not None and (occasion.kind == "played" or before.occasion.kind != "played"):
        return None
    due = stamp(occasion.scheduled_for)
    why = f"No run was recorded within {task.grace} of {due}: did its schedule fire, did the function start?"
    run = Run(occasion=occasion, finished_at=now, finding=Finding(verdict=Verdict.MISSED, why=why))
    return _recorded(store, before, run, task, clock)


def _unfinished(
    runbook: Runbook, store: RunStore, begin: datetime, now: datetime, clock: datetime
) -> Iterator[tuple[Verdict, str]]:
    for task in plan(runbook):
        for run in store.between(task.id, begin, now + timedelta(seconds=1)):
            finding = _never_ended(run, now) or _never_began(run, task, now)
            if finding:
                ended = replace(run, finished_at=now, finding=finding)
                if found := _recorded(store, run, ended, task, clock):
                    yield finding.verdict, found


def _never_ended(run: Run, now: datetime) -> Finding | None:
    if run.state != "running" or run.deadline is None or run.deadline >= now:
        return None
    why = f"Attempt {run.attempt} began at {stamp(run.started_at or now)} and had not ended by {stamp(now)}."
    return Finding(verdict=Verdict.TIMED_OUT, why=why)


def _never_began(run: Run, task: Planned, now: datetime) -> Finding | None:
    if run.state != "requested" or run.occasion.scheduled_for + task.grace >= now:
        return None
    why = (
        f"{run.occasion.by} asked for it at {stamp(run.occasion.scheduled_for)}, and it had not begun by {stamp(now)}."
    )
    return Finding(verdict=Verdict.MISSED, why=why)


def _recorded(store: RunStore, before: Run | None, run: Run, task: Planned, clock: datetime) -> str | None:
    """Told at the wall's time, as runs are: of a day that is played, what is told follows each other as well."""
    try:
        store.finish(before, run, task, clock)
    except Overtaken:  # it ran after all
        return None
    return run.id
