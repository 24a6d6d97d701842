"""A hundred scheduled times under duplicates, delays and crashes: a hundred records, each verdict under one id."""

import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.platform.moments import stamp
from shared.runbook.run import Finding, Verdict
from shared.runbook.run_task import StillRunning, run_task
from tests.examples import examples
from tests.integration.aws import Crash
from tests.integration.runbook.conftest import System, found

TIMES = 100
START = datetime(2026, 6, 1, 12, tzinfo=UTC)
TASK = "redis_memory"
MINUTE = timedelta(minutes=1)
ATTEMPTS = 12  # deliveries of one time at most, of which the last are undisturbed
VERDICTS = (Verdict.PASSED, Verdict.FAILED, Verdict.UNCONFIGURED)


@dataclass
class Chaos:
    """Decides from a seed what happens to each delivery."""

    system: System
    chance: random.Random
    now: datetime = START
    checks: int = 0

    def deliver(self, number: int, *, calm: bool) -> bool:
        """Whether Lambda would be content with it; on anything else it delivers again."""
        aws = self.system.aws
        aws.operations.clear()
        if not calm:
            aws.crash_at, aws.after = self.chance.choice([None, 0, 1, 2]), self.chance.random() < 0.5
        try:
            run_task(self.system.runs, event(number), self.check, remaining=MINUTE, clock=self.clock, sleep=self.sleep)
        except (Crash, StillRunning):
            return False
        finally:
            aws.crash_at = None
        return True

    def clock(self) -> datetime:
        self.now += timedelta(seconds=self.chance.random())
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def check(self, now: datetime) -> Finding:
        self.checks += 1
        if self.chance.random() < 0.1:
            raise Crash
        if self.chance.random() < 0.1:
            self.now += 2 * MINUTE  # hangs, and comes back after another may have taken over
        return found(verdict_of(now))

    def look(self) -> None:
        """The watcher and the outbox, which crash as well."""
        aws = self.system.aws
        for function, moment in (("missed_runs", self.now), ("outbox", self.now)):
            aws.operations.clear()
            aws.crash_at, aws.after = self.chance.choice([None, None, 3, 9]), self.chance.random() < 0.5
            with suppress(Crash):
                self.system.at(function, moment.replace(microsecond=0))
            aws.crash_at = None


def event(number: int) -> dict[str, Any]:
    return {"task": TASK, "scheduled_time": stamp(START + number * timedelta(days=1))}


def verdict_of(now: datetime) -> Verdict:
    return VERDICTS[(now - START).days % len(VERDICTS)]


@pytest.mark.parametrize("story", range(examples(1)))
def test_a_hundred_times_leave_a_hundred_records(system: System, story: int) -> None:
    seed = random.SystemRandom().getrandbits(32)
    print(f"story {story} has the seed {seed}")  # noqa: T201 -- shown when it fails
    chaos = Chaos(system, random.Random(seed))
    for number in range(TIMES):
        chaos.now = START + number * timedelta(days=1) + chaos.chance.random() * 40 * MINUTE  # some after their grace
        content = 0
        for attempt in range(ATTEMPTS):
            calm = attempt >= ATTEMPTS // 2
            content += chaos.deliver(number, calm=calm)
            if chaos.chance.random() < 0.2:
                chaos.look()
            if content > chaos.chance.randrange(3):  # delivered up to twice more than needed
                break
            chaos.now += chaos.chance.random() * 2 * MINUTE
        while not chaos.deliver(number, calm=True):
            chaos.now += MINUTE
    system.invoke("outbox", system.stream())  # what the watcher told just now is too young for the sweep
    system.at("outbox", chaos.now)

    records = system.runs.latest(TASK, limit=10 * TIMES)
    assert len(records) == TIMES
    assert {run.occasion.scheduled_for for run in records} == {START + n * timedelta(days=1) for n in range(TIMES)}
    assert all(run.finding and run.finding.verdict is verdict_of(run.occasion.scheduled_for) for run in records)
    assert chaos.checks > TIMES

    ids = Counter(id_ for id_ in system.sent() if id_.startswith(TASK))
    final = {f"{run.id}-{run.state}" for run in records}
    assert final <= set(ids)
    by_the_watcher = {f"{run.id}-{said}" for run in records for said in ("missed", "timed-out")}
    assert set(ids) - final <= by_the_watcher
    assert not system.left()
