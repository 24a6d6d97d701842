from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.platform.outbox import waiting
from shared.runbook.load import the_runbook
from shared.runbook.plan import plan
from shared.runbook.run import Finding, Occasion, Verdict
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore
from shared.runbook.watch import Seen, watch
from tests.memory_table import MemoryTable

DEPLOYED = datetime(2026, 11, 23, 2, 20, tzinfo=UTC)  # 02:00 had its grace until 02:15
DAY = datetime(2026, 11, 24, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOOK = 5 * MINUTE
DAILY = [task for task in plan(the_runbook()) if task.weekday is None]
NOBODY = Seen(missed=(), timed_out=())


class Watcher:
    def __init__(self) -> None:
        self.table = MemoryTable()
        self.store = RunStore(self.table)

    def look(self, now: datetime, clock: datetime | None = None) -> Seen:
        return watch(the_runbook(), self.store, now, clock or now + timedelta(seconds=1))

    def looks(self, start: datetime, end: datetime, clock: datetime | None = None) -> list[str]:
        """Every five minutes; what was found missing."""
        found: list[str] = []
        while start <= end:
            found += self.look(start, clock).missed
            start += LOOK
        return found

    def ran(self, task: str, at: datetime, verdict: Verdict = Verdict.PASSED) -> None:
        event = {"task": task, "scheduled_time": at.isoformat()}
        run_task(
            self.store, event, lambda _now: Finding(verdict=verdict, why="So."), remaining=MINUTE,
            clock=lambda: at + timedelta(seconds=3),
        )  # fmt: skip

    def told(self) -> list[str]:
        return [f"{item['detail_type']} {str(item['sk']).partition('#')[2]}" for item in waiting(self.table)]


@pytest.fixture
def watcher() -> Watcher:
    """Nobody has looked yet."""
    return Watcher()


@pytest.fixture
def deployed() -> Watcher:
    """The first look was at the deployment."""
    watcher = Watcher()
    watcher.look(DEPLOYED)
    return watcher


@pytest.fixture
def at_work() -> Watcher:
    """The last look was the one before the day."""
    watcher = Watcher()
    watcher.look(DAY - LOOK)
    return watcher


def hang(watcher: Watcher, due: datetime) -> str:
    """A run that begins and never ends."""
    task = "error_budget_review"

    def hangs(_now: datetime) -> Finding:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_task(
            watcher.store, {"task": task, "scheduled_time": due.isoformat()}, hangs, remaining=MINUTE, clock=lambda: due
        )
    return Occasion(task=task, scheduled_for=due).run


def missed_on(day: datetime) -> set[str]:
    return {
        Occasion(task=task.id, scheduled_for=due).run
        for task in plan(the_runbook()) for due in task.times(day, day + timedelta(days=1))
    }  # fmt: skip


def test_the_first_look_accuses_nobody_of_what_was_due_before_it(watcher: Watcher) -> None:
    assert watcher.look(DEPLOYED) == NOBODY
    assert watcher.looks(DEPLOYED, DEPLOYED + timedelta(hours=1)) == []


def test_a_first_look_that_comes_late_does_not_accuse_either(watcher: Watcher) -> None:
    watcher.look(DEPLOYED, DEPLOYED + 12 * MINUTE)
    assert watcher.looks(DEPLOYED + LOOK, DEPLOYED + timedelta(hours=1)) == []


def test_a_task_that_never_ran_is_missed_once_after_its_grace(deployed: Watcher) -> None:
    task = next(one for one in DAILY if one.id == "error_budget_review")
    due = DEPLOYED.replace(hour=task.hour, minute=0)
    assert deployed.looks(DEPLOYED, due + task.grace - LOOK) == []
    run = Occasion(task=task.id, scheduled_for=due).run
    assert deployed.looks(due + task.grace, due + timedelta(hours=3)) == [run]
    assert deployed.told() == [f"TaskMissed {run}-missed"]
    found = deployed.store.get(task.id, run)
    assert found
    assert found.finding
    assert "did its schedule fire" in found.finding.why


def test_a_task_that_ran_is_left_alone_whatever_it_found(deployed: Watcher) -> None:
    for task in DAILY:
        for due in task.times(DAY, DAY + timedelta(days=1)):
            deployed.ran(task.id, due, Verdict.FAILED)
    found = deployed.looks(DAY - timedelta(hours=3), DAY + timedelta(days=1))
    assert not {run for run in found if run.startswith(tuple(task.id for task in DAILY)) and "20261124" in run}


def test_after_its_own_outage_the_watcher_catches_up(at_work: Watcher) -> None:
    assert set(at_work.look(DAY + timedelta(hours=23)).missed) == missed_on(DAY)


@pytest.mark.parametrize("days", [1, 4, 30, 100])
def test_however_long_the_watcher_was_away_each_missed_task_is_found_and_no_look_takes_all(
    at_work: Watcher, days: int
) -> None:
    back = DAY + timedelta(days=days) - LOOK
    expected = {run for n in range(days) for run in missed_on(DAY + timedelta(days=n))}
    looks = [at_work.look(back + n * MINUTE).missed for n in range(1 + days // 7)]
    assert {run for found in looks for run in found} == expected
    assert max(len(found) for found in looks) <= 8 * len(plan(the_runbook()))
    assert at_work.store.watched()[1] == back + (len(looks) - 1) * MINUTE


def test_a_run_that_never_ended_is_found_after_a_long_outage_of_the_watcher(deployed: Watcher) -> None:
    due = DEPLOYED.replace(hour=8, minute=0)
    run = hang(deployed, due)
    assert deployed.look(due + timedelta(days=5)).timed_out == (run,)


def test_a_look_that_crashed_before_its_end_is_made_up_for_by_the_next(at_work: Watcher) -> None:

    def crash() -> None:
        raise KeyboardInterrupt

    at_work.table.before_write = crash
    due = DAY + timedelta(hours=2)
    with pytest.raises(KeyboardInterrupt):
        at_work.look(due + 30 * MINUTE)
    assert Occasion(task="health_check", scheduled_for=due).run in at_work.look(due + 35 * MINUTE).missed


def test_a_past_day_that_is_played_is_judged_whole_though_nobody_watched_then(watcher: Watcher) -> None:
    today = DAY + timedelta(days=3, hours=10)
    watcher.look(today)
    past = DAY - timedelta(days=30)
    assert set(watcher.looks(past, past + timedelta(days=1) - LOOK, today)) == missed_on(past)
    assert watcher.store.watched()[1] == today
    [missed] = watcher.store.between("redis_memory", past, past + timedelta(days=1))
    assert (missed.state, missed.occasion.kind) == ("missed", "played")


def test_playing_a_past_day_does_not_hide_what_happened_in_an_outage(at_work: Watcher) -> None:
    now = DAY + timedelta(days=1, hours=23, minutes=50)
    at_work.look(DAY + 2 * LOOK, now)  # played, before the watcher is back
    assert missed_on(DAY) <= {*at_work.look(now).missed}


def test_a_played_day_that_is_thinned_to_its_last_look_is_judged_whole(watcher: Watcher) -> None:
    found = watcher.look(DAY - LOOK, DAY + timedelta(days=3))
    assert set(found.missed) == missed_on(DAY - timedelta(days=1))


def test_a_run_that_never_ended_has_timed_out_once(deployed: Watcher) -> None:
    due = DEPLOYED.replace(hour=8, minute=0)
    run = hang(deployed, due)
    assert deployed.look(due + MINUTE) == NOBODY
    assert deployed.look(due + LOOK) == Seen(missed=(), timed_out=(run,))
    assert deployed.look(due + 2 * LOOK) == NOBODY
    assert deployed.told() == [f"TaskTimedOut {run}-timed-out"]


def test_a_run_that_was_asked_for_and_never_began_is_missed(deployed: Watcher) -> None:
    asked = DEPLOYED.replace(hour=5)
    occasion = Occasion(task="redis_memory", scheduled_for=asked, kind="manual", by="ada", reason="to be sure")
    deployed.store.request(occasion)
    assert deployed.look(asked + 15 * MINUTE) == NOBODY
    assert deployed.look(asked + 20 * MINUTE) == Seen(missed=(occasion.run,), timed_out=())
    found = deployed.store.get("redis_memory", occasion.run)
    assert found
    assert found.finding
    assert found.finding.why.startswith("ada asked for it at")


def test_a_task_that_runs_while_it_is_being_judged_is_not_missed(deployed: Watcher) -> None:
    due = DEPLOYED.replace(hour=8, minute=0)
    deployed.table.before_write = lambda: deployed.ran("error_budget_review", due)
    assert deployed.look(due + 16 * MINUTE) == NOBODY
    found = deployed.store.latest("error_budget_review")
    assert [run.state for run in found] == ["passed"]


def test_two_watchers_at_once_find_each_miss_once(at_work: Watcher) -> None:
    others: list[Any] = []
    at_work.table.before_write = lambda: others.append(at_work.look(DAY + timedelta(hours=23)))
    found = at_work.look(DAY + timedelta(hours=23))
    assert sorted((*found.missed, *others[0].missed)) == sorted(missed_on(DAY))
    assert len(at_work.told()) == len(missed_on(DAY))
