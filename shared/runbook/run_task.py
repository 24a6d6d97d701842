"""Runs a task of the runbook, once for each of its times, whatever crashes when and however often it is delivered."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from shared.platform.aws.dynamodb import Overtaken
from shared.runbook.load import the_runbook
from shared.runbook.plan import planned
from shared.runbook.run import Finding, Occasion, Run, Verdict
from shared.runbook.store import RunStore

Check = Callable[[datetime], Finding]
"""Takes the time that it is run for, which is its ``now``."""

Clock = Callable[[], datetime]
MARGIN: Final = timedelta(seconds=5)  # between the function's own end and the moment from which another may take over
_BY_THE_WATCHER: Final = {Verdict.MISSED, Verdict.TIMED_OUT}  # it did not find out anything: a run that comes late does
logger = Logger(child=True)


class StillRunning(Exception):
    """Another attempt has the record, or died with it: who delivers tries again, and takes it over after its deadline."""


def occasion_of(event: Mapping[str, Any]) -> Occasion:
    """What woke the function: a schedule (``task``, ``scheduled_time``), or ``TaskRequested`` over the bus."""
    if event.get("detail-type") == "TaskRequested":
        asked = event["detail"]
        at = datetime.fromisoformat(asked["at"])
        return Occasion(task=asked["task"], scheduled_for=at, kind="manual", by=asked["by"], reason=asked["reason"])
    return Occasion(task=event["task"], scheduled_for=datetime.fromisoformat(event["scheduled_time"]))


def run_task(
    store: RunStore,
    event: Mapping[str, Any],
    check: Check,
    *,
    remaining: timedelta,
    clock: Clock = lambda: datetime.now(UTC),
) -> dict[str, Any]:
    """Run the check unless this time of the task has its verdict already; returns what to log.

    A run that comes after the watcher called it missed or timed out is made up for, in the same record.

    Parameters
    ----------
    check
        Finds out; what it raises is a failed verdict with the error as its reason, never silence. So is evidence
        that is no JSON.
    remaining
        How long the function may still take; after it another attempt may take over.

    Raises
    ------
    StillRunning
        another attempt is under way: deliver it again
    AwsUnavailable, AwsRefused
        the record can't be read or written: deliver it again
    """
    occasion = occasion_of(event)
    before = store.get(occasion.task, occasion.run)
    now = clock()
    if before is not None and before.finding is not None and before.finding.verdict not in _BY_THE_WATCHER:
        return _report(before, "repeated")
    if before is not None and before.deadline is not None and before.finding is None and now < before.deadline:
        raise StillRunning(f"{before.id}: attempt {before.attempt} may run until {before.deadline.isoformat()}")
    run = Run(
        occasion=occasion, attempt=(before.attempt if before else 0) + 1, started_at=now,
        deadline=now + remaining + MARGIN, late=before is not None and (before.late or before.state == Verdict.MISSED.value),
    )  # fmt: skip
    try:
        store.begin(before, run)
        finished = replace(run, finding=_found(check, occasion), finished_at=clock())
        store.finish(run, finished, planned(the_runbook(), occasion.task), clock())
    except Overtaken:
        raise StillRunning(f"{run.id}: another attempt has taken it over") from None
    return _report(finished, "ran")


def _found(check: Check, occasion: Occasion) -> Finding:
    try:
        found = check(occasion.scheduled_for)
        json.dumps(asdict(found), allow_nan=False)
    except Exception as error:
        logger.exception("the check itself failed")
        return Finding(verdict=Verdict.FAILED, why=f"The check itself failed: {type(error).__name__}: {error}"[:1000])
    return found


def _report(run: Run, outcome: str) -> dict[str, Any]:
    return {"run": run.id, "outcome": outcome, "verdict": run.state, "attempt": run.attempt}
