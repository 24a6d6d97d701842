"""A daily task with its grace, as Healthchecks' own tests ask of a daily cron: what is up, late, down, and when.

Times are of the day on which the task is due at 20:00, with a grace of 15 minutes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore
from shared.runbook.today import day_view
from shared.runbook.watch import watch
from tests.memory_table import MemoryTable

TASK = "pipeline_review"
DAY = datetime(2026, 11, 24, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Row:
    """What happened by a time, in order: ``20:00 passed``, ``19:55 by hand``, ``20:00 hangs``, ``20:20 looked`` (the watcher).
    ``at`` is when somebody asks; a time after midnight is written as of 24:00 on."""

    name: str
    happened: tuple[str, ...]
    at: str
    state: str
    found: int = 0


ROWS = [
    Row("before it is due nothing is expected", ("19:00 looked",), "19:59", "upcoming"),
    Row("when it is due it may still come", ("19:55 looked",), "20:00", "due"),
    Row("in its grace it is late and not missed", ("20:10 looked",), "20:14", "due"),
    Row("a second before its grace ends it is not missed", ("20:14:59 looked",), "20:14:59", "due"),
    Row("when its grace ends it is missed", ("20:15 looked",), "20:15", "missed", 1),
    Row("it is missed once, however often somebody looks", ("20:15 looked", "20:20 looked", "23:00 looked"), "23:00",
        "missed", 1),
    Row("it came in time", ("20:00 passed", "20:15 looked"), "20:15", "passed"),
    Row("it came within its grace", ("20:14 passed", "20:15 looked"), "20:15", "passed"),
    Row("it came and failed: that is no miss", ("20:00 failed", "20:15 looked"), "20:15", "failed"),
    Row("an early run by hand does not count", ("19:55 by hand", "20:15 looked"), "20:15", "missed", 1),
    Row("a late run by its schedule makes up for the miss", ("20:15 looked", "20:40 passed"), "20:41", "passed", 1),
    Row("a late run by hand makes up for nothing", ("20:15 looked", "20:40 by hand"), "20:41", "missed", 1),
    Row("a start without an end is no miss, and runs out", ("20:00 hangs", "20:30 looked"), "20:30", "timed out"),
    Row("the watcher was away over the night", ("19:00 looked", "32:00 looked"), "32:00", "missed", 1),
]  # fmt: skip


def at(text: str) -> datetime:
    hour, minute, *second = map(int, text.split(":"))
    return DAY + timedelta(hours=hour, minutes=minute, seconds=sum(second))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_daily_task_is_missed_exactly_when_its_grace_is_over(row: Row) -> None:
    store, found = RunStore(MemoryTable()), 0
    watch(the_runbook(), store, DAY, DAY)
    for what in row.happened:
        time, _, kind = what.partition(" ")
        found += _happens(store, at(time), kind)
    tasks = day_view(the_runbook(), store, DAY.date(), at(row.at))["tasks"]
    assert next(task["state"] for task in tasks if task["id"] == TASK) == row.state
    assert found == row.found


def _happens(store: RunStore, moment: datetime, kind: str) -> int:
    """How often the task was found missing."""
    if kind == "looked":
        return sum(run.startswith(TASK) for run in watch(the_runbook(), store, moment, moment).missed)
    event: dict[str, object] = {"task": TASK, "scheduled_time": at("20:00").isoformat()}
    if kind == "by hand":
        asked = {"task": TASK, "at": moment.isoformat(), "by": "ada", "reason": "to see"}
        event = {"detail-type": "TaskRequested", "detail": asked}

    def check(_now: datetime) -> Finding:
        if kind == "hangs":
            raise KeyboardInterrupt
        return Finding(verdict=Verdict.FAILED if kind == "failed" else Verdict.PASSED, why="So it is.")

    try:
        run_task(store, event, check, remaining=MINUTE, clock=lambda: moment)
    except KeyboardInterrupt:
        assert kind == "hangs"
    return 0
