from datetime import UTC, datetime, timedelta

import pytest

from shared.runbook.load import the_runbook
from shared.runbook.plan import Planned, UnknownTask, plan, planned

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
SEEDS = {
    "health_check": 2,
    "error_budget_review": 8,
    "redis_memory": 12,
    "backup_verification": 16,
    "pipeline_review": 20,
}


def task(hour: int, weekday: str | None = None) -> Planned:
    return Planned(
        id="one", title="One", responsible="SRE", tooling="none", grace=timedelta(minutes=15), hour=hour,
        weekday=weekday,  # type: ignore[arg-type]  # parametrized as plain text
    )  # fmt: skip


def test_the_seeds_tasks_are_planned_at_their_hours_and_in_their_order() -> None:
    tasks = plan(the_runbook())
    assert {one.id: one.hour for one in tasks if one.id in SEEDS} == SEEDS
    assert [one.hour for one in tasks] == sorted(one.hour for one in tasks)


def test_a_schedule_with_a_grace_is_a_task_and_one_without_is_not() -> None:
    ids = {one.id for one in plan(the_runbook())}
    assert "evidence_export" in ids
    assert "kpi_evaluation" not in ids


def test_an_unknown_task_is_refused_by_naming_those_that_there_are() -> None:
    with pytest.raises(UnknownTask, match=r"tea is not a task of the runbook: .*health_check"):
        planned(the_runbook(), "tea")


def test_a_daily_task_is_due_once_a_day() -> None:
    assert list(task(2).times(MONDAY, MONDAY + 3 * DAY)) == [
        MONDAY + timedelta(hours=2) + n * DAY for n in range(3)
    ]  # fmt: skip


def test_a_weekly_task_is_due_on_its_day_alone() -> None:
    (due,) = task(4, "Wednesday").times(MONDAY, MONDAY + 7 * DAY)
    assert due == MONDAY + 2 * DAY + timedelta(hours=4)


def test_the_start_belongs_to_a_span_and_its_end_does_not() -> None:
    two = MONDAY + timedelta(hours=2)
    assert list(task(2).times(two, two + DAY)) == [two]
    assert list(task(2).times(two + timedelta(seconds=1), two + DAY)) == []


def test_consecutive_spans_hold_each_time_once() -> None:
    step = timedelta(minutes=7)
    found = [due for n in range(720) for due in task(2).times(MONDAY + n * step, MONDAY + (n + 1) * step)]
    assert found == list(task(2).times(MONDAY, MONDAY + 720 * step))
