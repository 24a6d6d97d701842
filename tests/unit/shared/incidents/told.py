"""Events as the bus brings them."""

from typing import Any, Literal

from shared.events import (
    BudgetExhausted,
    KpiBreached,
    KpiRecovered,
    ProbeFailed,
    ProbeRecovered,
    TaskFailed,
    TaskMissed,
    TaskPassed,
    TaskUnconfigured,
)
from shared.platform.moments import stamp
from tests.unit.shared.incidents.world import at


def probe_failed(minutes: float, *components: str, subject: Literal["service", "prober"] = "service") -> ProbeFailed:
    return ProbeFailed(
        id=f"probe-{subject}-{minutes}-failed", at=stamp(at(minutes)), subject=subject, components=list(components), why="503",
    )  # fmt: skip


def probe_recovered(
    minutes: float, *components: str, subject: Literal["service", "prober"] = "service"
) -> ProbeRecovered:
    return ProbeRecovered(
        id=f"probe-{subject}-{minutes}-recovered", at=stamp(at(minutes)), subject=subject, components=list(components),
        why="200",
    )  # fmt: skip


def kpi_breached(minutes: float, kpi: str = "error_rate") -> KpiBreached:
    return KpiBreached(**_of_kpi(minutes, kpi, "breached"))


def kpi_recovered(minutes: float, kpi: str = "error_rate") -> KpiRecovered:
    return KpiRecovered(**_of_kpi(minutes, kpi, "recovered"))


def budget_exhausted(minutes: float, kpi: str = "availability") -> BudgetExhausted:
    return BudgetExhausted(**_of_kpi(minutes, kpi, "exhausted"))


def task_failed(minutes: float, task: str = "redis_memory") -> TaskFailed:
    return TaskFailed(**_of_task(minutes, task, "failed"))


def task_passed(minutes: float, task: str = "redis_memory") -> TaskPassed:
    return TaskPassed(**_of_task(minutes, task, "passed"))


def task_missed(minutes: float, task: str = "redis_memory") -> TaskMissed:
    return TaskMissed(**_of_task(minutes, task, "missed"))


def task_unconfigured(minutes: float, task: str = "redis_memory") -> TaskUnconfigured:
    return TaskUnconfigured(**_of_task(minutes, task, "unconfigured"))


def _of_kpi(minutes: float, kpi: str, what: str) -> Any:
    return {
        "id": f"{kpi}-{minutes}-{what}", "at": stamp(at(minutes)), "kpi": kpi, "title": kpi, "severity": "page",
        "decision": f"{kpi}-20261124T120000Z", "why": "5 of 100 requests failed",
    }  # fmt: skip


def _of_task(minutes: float, task: str, what: str) -> Any:
    return {
        "id": f"{task}-{minutes}-{what}", "at": stamp(at(minutes)), "task": task, "title": f"Check `{task}`",
        "run": f"{task}-20261124T120000Z", "scheduled_for": stamp(at(0)), "why": what,
    }  # fmt: skip
