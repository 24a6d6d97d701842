from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore
from shared.runbook.today import day_view
from shared.runbook.view import TaskRow
from tests.memory_table import MemoryTable

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
NOW = MONDAY + timedelta(hours=17, minutes=50)


@pytest.fixture
def store() -> RunStore:
    return RunStore(MemoryTable())


def row(store: RunStore, task: str, now: datetime = NOW) -> TaskRow:
    rows = day_view(the_runbook(), store, MONDAY.date(), now)["tasks"]
    return next(one for one in rows if one["id"] == task)


def ran(store: RunStore, at: datetime, verdict: Verdict, by: str = "") -> None:
    event: dict[str, Any] = {"task": "pipeline_review", "scheduled_time": at.isoformat()}
    if by:
        asked = {"task": "pipeline_review", "at": at.isoformat(), "by": by, "reason": "to see"}
        event = {"detail-type": "TaskRequested", "detail": asked}
    finding = Finding(verdict=verdict, why="So it is.")
    run_task(store, event, lambda _now: finding, remaining=timedelta(minutes=1), clock=lambda: at)


def test_a_fresh_installation_accuses_itself_of_nothing(store: RunStore) -> None:
    assert {row(store, task)["state"] for task in ("health_check", "redis_memory")} == {"not due"}
    store.watch_since(NOW - timedelta(minutes=8))
    found = day_view(the_runbook(), store, MONDAY.date(), NOW)
    assert found["installed_at"] == "2026-11-23T17:42:00Z"
    assert {one["state"] for one in found["tasks"]} == {"not due", "upcoming"}
    assert row(store, "health_check")["hint"] == "Not due yet: installed today at 17:42"
    assert row(store, "health_check", NOW + timedelta(days=3))["hint"] == (
        "Not due yet: installed on 23 Nov 2026 at 17:42"
    )


@pytest.mark.parametrize(
    ("now", "state", "hint"),
    [
        (MONDAY + timedelta(hours=19), "upcoming", "Starts at 20:00"),
        (MONDAY + timedelta(hours=20, minutes=1), "due", "Due; it counts as missed after 15 minutes"),
        (MONDAY + timedelta(hours=23), "no record", "Did not run (due 20:00). Not checked yet"),
    ],
)
def test_without_a_run_the_clock_says_what_there_is_to_say(
    store: RunStore, now: datetime, state: str, hint: str
) -> None:
    store.watch_since(MONDAY)
    found = row(store, "pipeline_review", now)
    assert (found["state"], found["hint"]) == (state, hint)


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.PASSED])
def test_a_run_by_hand_never_stands_for_the_scheduled_one_whether_before_or_after_it(
    store: RunStore, verdict: Verdict
) -> None:
    store.watch_since(MONDAY)
    ran(store, MONDAY + timedelta(hours=18, minutes=5), verdict, by="ada")
    found = row(store, "pipeline_review", MONDAY + timedelta(hours=19))
    assert (found["state"], found["run"]) == ("upcoming", None)
    assert [run["state"] for run in found["manual_runs"]] == [verdict]
    ran(store, MONDAY + timedelta(hours=20), Verdict.UNCONFIGURED)
    ran(store, MONDAY + timedelta(hours=21), verdict, by="ada")
    found = row(store, "pipeline_review", MONDAY + timedelta(hours=22))
    assert (found["state"], found["hint"], len(found["manual_runs"])) == ("unconfigured", "", 2)
