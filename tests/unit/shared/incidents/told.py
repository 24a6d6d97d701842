"""Events as the bus brings them."""

from typing import Any, Literal
from uuid import UUID

from shared.events.access import (
    AuditAltered,
    BreakGlassApproved,
    BreakGlassUnapproved,
    DatabaseRoleSettled,
    DatabaseRoleUnexpected,
)
from shared.events.health import ProbeFailed, ProbeRecovered
from shared.events.kpi import BudgetExhausted, KpiBreached, KpiRecovered
from shared.events.runbook import TaskFailed, TaskMissed, TaskPassed, TaskUnconfigured
from shared.incidents.alarms import signal_of_alarm
from shared.incidents.signals import Signal
from shared.platform.moments import stamp
from tests.unit.shared.incidents.world import at

OPERATIONS = UUID(int=0)


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


def alarm(minutes: float, name: str, *, state: str = "ALARM", description: str = "", **watched: str) -> dict[str, Any]:
    """What CloudWatch publishes on SNS."""
    return {
        "AlarmName": name, "AlarmDescription": description, "AWSAccountId": "000000000000", "NewStateValue": state,
        "NewStateReason": "Threshold Crossed: 1 datapoint [3.0] was greater than the threshold (0.0).",
        "StateChangeTime": f"{at(minutes):%Y-%m-%dT%H:%M:%S}.250+0000", "Region": "US East (N. Virginia)",
        "OldStateValue": "OK",
        "Trigger": {"MetricName": "Errors", "Namespace": "AWS/Lambda",
                    "Dimensions": [{"name": name, "value": value} for name, value in watched.items()]},
    }  # fmt: skip


def alarm_signal(minutes: float, name: str, **said: str) -> Signal:
    found = signal_of_alarm(alarm(minutes, name, **said))
    assert found
    return found


def audit_altered(minutes: float, organisation: UUID = OPERATIONS) -> AuditAltered:
    return AuditAltered(
        id=f"audit-altered-{organisation}-{minutes}", at=stamp(at(minutes)), organisation=str(organisation),
        why="row 7: its content is not that of its hash",
    )  # fmt: skip


def role_unexpected(minutes: float, role: str = "eve") -> DatabaseRoleUnexpected:
    return DatabaseRoleUnexpected(**_of_role(minutes, role, "made by hand"))


def role_settled(minutes: float, role: str = "eve") -> DatabaseRoleSettled:
    return DatabaseRoleSettled(**_of_role(minutes, role, "it is gone"))


def glass_unapproved(minutes: float) -> BreakGlassUnapproved:
    return BreakGlassUnapproved(**_of_glass(minutes, "unapproved"))


def glass_approved(minutes: float) -> BreakGlassApproved:
    return BreakGlassApproved(**_of_glass(minutes, "approved"), approved_by="lee")


def _of_role(minutes: float, role: str, why: str) -> Any:
    return {"id": f"database-role-{role}-{minutes}-{why}", "at": stamp(at(minutes)), "role": role, "why": why}


def _of_glass(minutes: float, what: str) -> Any:
    return {
        "id": f"t5abcde12345-{what}", "at": stamp(at(minutes)), "credential": "t5abcde12345", "by": "sam",
        "role": "p09_temp_t5abcde12345", "access": "read", "until": stamp(at(0)), "break_glass": True, "reason": what,
    }  # fmt: skip
