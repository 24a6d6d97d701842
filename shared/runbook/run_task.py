"""Runs a task of the runbook, once for each of its times, whatever crashes when and however often it is delivered."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from shared.platform.aws.dynamodb import Overtaken
from shared.platform.moments import stamp
from shared.runbook.load import the_runbook
from shared.runbook.plan import planned
from shared.runbook.run import Finding, Occasion, Run, Verdict
from shared.runbook.store import RunStore

Check = Callable[[datetime], Finding]
"""Takes its ``now``: the time that it is run for; of a played run, the time at which it runs, which is all that it can look at."""

Clock = Callable[[], datetime]
MARGIN: Final = timedelta(seconds=5)  # between the function's own end and the moment from which another may take over
WAIT: Final = timedelta(seconds=5)  # between two looks at what another attempt does
_BY_THE_WATCHER: Final = {Verdict.MISSED, Verdict.TIMED_OUT}  # it did not find out anything: a run that comes late does
logger = Logger(child=True)


class StillRunning(Exception):
    """Another attempt has the record, or died with it, for longer than this one could wait: a delivery after its deadline
    takes it over."""


def occasion_of(event: Mapping[str, Any]) -> Occasion:
    """What woke the function: a schedule (``task``, ``scheduled_time``; ``played`` by `p09 day`), or ``TaskRequested``."""
    if event.get("detail-type") == "TaskRequested":
        asked = event["detail"]
        at = datetime.fromisoformat(asked["at"])
        return Occasion(task=asked["task"], scheduled_for=at, kind="manual", by=asked["by"], reason=asked["reason"])
    return Occasion(
        task=event["task"], scheduled_for=datetime.fromisoformat(event["scheduled_time"]),
        kind="played" if event.get("played") else "scheduled",
    )  # fmt: skip


def run_task(
    store: RunStore,
    event: Mapping[str, Any],
    check: Check,
    *,
    remaining: timedelta,
    clock: Clock = lambda: datetime.now(UTC),
    sleep: Callable[[float], object] = time.sleep,
) -> dict[str, Any]:
    """Run the check unless this time of the task has its verdict already; returns what to log.

    Deliveries come twice, also at once: the second one waits for what the first finds. It fails, and raises an alarm, only
    if that one has died.

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
        another attempt has not ended in the time there was: deliver it again
    AwsUnavailable, AwsRefused
        the record can't be read or written: deliver it again
    """
    occasion, until = occasion_of(event), clock() + remaining
    while True:
        before = store.get(occasion.task, occasion.run)
        now = clock()
        if before is not None and _is_final(before, occasion):
            return _report(before, "repeated")
        if before is None or not _is_under_way(before, now):
            try:
                return _report(_run(store, before, _next(occasion, before, now, until), check, clock), "ran")
            except Overtaken:  # another one was faster, or has taken it over
                logger.info("another attempt has the record", extra={"run": occasion.run})
        elif now + WAIT >= until:
            raise StillRunning(f"{before.id}: attempt {before.attempt} may run until {stamp(before.deadline or now)}")
        sleep(WAIT.total_seconds())


def _is_under_way(run: Run, now: datetime) -> bool:
    return run.finding is None and run.deadline is not None and now < run.deadline


def _next(occasion: Occasion, before: Run | None, now: datetime, until: datetime) -> Run:
    late = before is not None and (before.late or before.state == Verdict.MISSED.value)
    attempt = (before.attempt if before else 0) + 1
    return Run(occasion=occasion, attempt=attempt, started_at=now, deadline=until + MARGIN, late=late)


def _run(store: RunStore, before: Run | None, run: Run, check: Check, clock: Clock) -> Run:
    """Raises Overtaken."""
    store.begin(before, run)
    now = run.started_at if run.occasion.kind == "played" and run.started_at else run.occasion.scheduled_for
    finished = replace(run, finding=_found(check, now), finished_at=clock())
    store.finish(run, finished, planned(the_runbook(), run.occasion.task), clock())
    return finished


def _is_final(before: Run, occasion: Occasion) -> bool:
    """Nothing that is played takes the place of what was recorded by itself; what comes by itself takes that of what was played."""
    if before.finding is None:
        return False
    if occasion.kind == "played":
        return True
    return before.occasion.kind != "played" and before.finding.verdict not in _BY_THE_WATCHER


def _found(check: Check, now: datetime) -> Finding:
    try:
        found = check(now)
        json.dumps(asdict(found), allow_nan=False)
    except Exception as error:
        logger.exception("the check itself failed")
        return Finding(verdict=Verdict.FAILED, why=f"The check itself failed: {type(error).__name__}: {error}"[:1000])
    return found


def _report(run: Run, outcome: str) -> dict[str, Any]:
    return {"run": run.id, "outcome": outcome, "verdict": run.state, "attempt": run.attempt}
