from dataclasses import fields
from typing import Any
from uuid import UUID

import pytest

from shared.events.backups import DrillFailed, DrillPassed
from shared.events.catalogue import CATALOGUE
from shared.events.kpi import KpiDataMissing
from shared.incidents.alarms import signal_of_alarm
from shared.incidents.rules import Rules
from shared.incidents.signals import CALENDAR, HOUR, SERVICE, Evidence, signals_of
from shared.platform.moments import stamp
from shared.runbook.load import the_runbook
from tests.unit.shared.incidents.told import (
    OPERATIONS,
    alarm,
    alarm_signal,
    audit_altered,
    budget_exhausted,
    glass_approved,
    glass_unapproved,
    kpi_breached,
    probe_failed,
    role_settled,
    role_unexpected,
    task_failed,
    task_missed,
)
from tests.unit.shared.incidents.world import RULES, World, at


@pytest.mark.parametrize(
    ("event", "cause", "severity", "impact"),
    [
        (probe_failed(0, "analytics"), SERVICE, "page", True),
        (probe_failed(0, subject="prober"), "prober", "page", False),
        (kpi_breached(0, "availability"), SERVICE, "page", True),
        (kpi_breached(0, "latency"), SERVICE, "page", False),
        (kpi_breached(0, "incidents"), "kpi:incidents", "page", False),
        (budget_exhausted(0), SERVICE, "page", False),
        (KpiDataMissing(id="1", at=stamp(at(0)), severity="page", why="nothing"), SERVICE, "page", False),
        (task_failed(0, "health_check"), SERVICE, "page", True),
        (task_missed(0, "health_check"), "task:health_check", "ticket", False),
        (task_failed(0), "task:redis_memory", "ticket", False),
        (audit_altered(0), f"audit-trail:{OPERATIONS}", "page", False),
        (role_unexpected(0), "database-role:eve", "page", False),
        (glass_unapproved(0), "break-glass:t5abcde12345", "ticket", False),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_failure_says_of_what_and_how_bad(event: Any, cause: str, severity: str, impact: bool) -> None:  # noqa: FBT001 -- parametrized: pytest passes it by name
    found = signals_of(event, RULES)[-1]
    assert (found.cause, found.severity, found.customer_impacting) == (cause, severity, impact)
    assert found.failing
    assert found.title


@pytest.mark.parametrize(("window", "evidence"), [("rolling hour", HOUR), ("calendar month", CALENDAR)])
@pytest.mark.parametrize("kpi", the_runbook().kpis.by_id())
def test_a_breach_is_evidence_for_as_long_as_the_window_of_its_kpi_in_the_runbook(
    kpi: str, window: str, evidence: Evidence
) -> None:
    runbook = the_runbook()
    moved = runbook.kpis.by_id()[kpi].model_copy(update={"window": window})
    rules = Rules.of(runbook.model_copy(update={"kpis": runbook.kpis.model_copy(update={kpi: moved})}))
    (signal,) = signals_of(kpi_breached(0, kpi), rules)
    assert signal.evidence == evidence


def test_events_that_are_no_signals_say_nothing() -> None:
    silent = {"EventsWaiting", "TaskRequested", "IncidentChanged", "ReviewChanged", "CalendarChanged", "MessageQueued"}
    silent |= {"DeploymentChanged", "DatabaseCredentialIssued", "DatabaseCredentialEnded"}
    for name in silent & set(CATALOGUE):
        model: Any = CATALOGUE[name]
        assert signals_of(model(**dict.fromkeys((field.name for field in fields(model)), "")), RULES) == ()


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"name": "Errors", "FunctionName": "p09-prod-api"}, SERVICE),
        ({"name": "Errors", "FunctionName": "p09-prod-ingest-worker"}, SERVICE),
        ({"name": "Gone", "QueueName": "p09-prod-ingest-worker-failures"}, SERVICE),
        ({"name": "Errors", "FunctionName": "p09-prod-notifier"}, "alarm:Errors"),
        ({"name": "p09-prod-P09StreamWaiting"}, SERVICE),
        ({"name": "p09-prod-P09ErrorRateAboveTarget", "kpi": "error_rate"}, SERVICE),
        ({"name": "somebody-else's"}, "alarm:somebody-else's"),
    ],
)
def test_an_alarm_is_of_the_service_or_of_itself(said: dict[str, str], cause: str) -> None:
    assert alarm_signal(0, **said).cause == cause


def test_an_alarm_reads_as_people_know_it() -> None:
    description = "[page] Accepted events wait too long to be stored. See the ingest worker."
    found = alarm_signal(0, "p09-prod-P09StreamWaiting", description=description)
    assert (found.title, found.severity) == ("Alarm: Accepted events wait too long to be stored", "page")
    assert found.why == "See the ingest worker."
    assert (found.at.microsecond, found.customer_impacting) == (250_000, False)
    burn = alarm_signal(0, "p09-prod-P09AvailabilityBurnFast", description="[page] Availability burns. x")
    assert burn.customer_impacting


def test_an_alarm_without_data_says_nothing_and_a_repeated_one_is_known() -> None:
    assert signal_of_alarm(alarm(0, "a", state="INSUFFICIENT_DATA")) is None
    world = World()
    page = alarm_signal(0, "a", description="[page] It is bad. Mend it.")
    assert world.hear(page, page, alarm_signal(1, "a", state="OK")) == ["opened", "repeated", "recovered"]


def test_a_failed_drill_opens_and_a_passed_one_recovers() -> None:
    told: dict[str, Any] = {
        "at": "2026-11-25T04:10:00Z", "drill": "drill-1", "kind": "drill", "rpo_seconds": 20, "rto_seconds": None,
    }  # fmt: skip
    (failed,) = signals_of(DrillFailed(id="drill-1-failed", why="Table sites is missing.", **told), RULES)
    (passed,) = signals_of(DrillPassed(id="drill-2-passed", why="", **told), RULES)
    assert failed.failing
    assert failed.why == "Table sites is missing."
    assert not passed.failing
    assert (failed.source, failed.cause) == (passed.source, passed.cause)


def test_an_altered_trail_is_not_well_again_by_itself() -> None:
    world = World()
    world.hear(audit_altered(0), audit_altered(60), audit_altered(60, UUID(int=1)))
    world.tick(10_000)
    assert [(one.state, one.signals) for one in world.all()] == [("investigating", 2), ("investigating", 1)]
    assert "P09's operations" in world.all()[0].title


def test_each_unexpected_role_is_an_incident_until_a_comparison_finds_it_settled() -> None:
    world = World()
    world.hear(
        role_unexpected(0), role_unexpected(0, "p09_temp_zzzzzzzzzzzz"), role_unexpected(1440), role_settled(2880)
    )
    world.tick(2910)
    assert sorted(one.state for one in world.all()) == ["investigating", "resolved"]


def test_a_late_approval_of_a_break_glass_ends_its_incident_and_one_in_time_opens_none() -> None:
    late, early = World(), World()
    assert late.hear(glass_unapproved(0), glass_approved(5)) == ["opened", "recovered"]
    assert early.hear(glass_approved(0)) == ["healthy"]
    assert early.all() == []
