from dataclasses import replace
from typing import Any, get_args

import pytest

from shared.communication.templates import told, written_content
from shared.events.kpi import KpiDataMissing
from shared.events.runbook import TaskFailed, TaskMissed, TaskPassed, TaskTimedOut, TaskUnconfigured
from shared.runbook.communication import (
    AccessKind,
    CalendarKind,
    DeploymentKind,
    IncidentKind,
    PersonKind,
    ReportKind,
    ReviewKind,
)
from shared.runbook.load import WrongRunbook, parse, the_runbook
from tests.integration.communication.events import (
    APPROVED,
    BUDGETS,
    DEPLOYMENT,
    ENDED,
    ISSUED,
    MAINTENANCE,
    REVIEW,
    incident,
)

KINDS = (IncidentKind, ReviewKind, CalendarKind, DeploymentKind, AccessKind, ReportKind, PersonKind)
CONSOLE = "https://app.example.com"
INCIDENT_CHANGES = ("opened", "acknowledged", "escalated", "monitoring", "resolved", "reopened", "merged")
VERDICTS: tuple[Any, ...] = (TaskPassed, TaskFailed, TaskUnconfigured, TaskTimedOut, TaskMissed)


def _kind(event: Any) -> str:
    said = told(event, CONSOLE)
    assert said
    assert said.content
    assert said.content.title
    assert said.content.text.startswith(said.content.title)
    return said.content.kind


def test_every_kind_has_a_template_and_every_template_a_kind_of_the_runbook() -> None:
    incidents = {_kind(incident(1, 1, change)) for change in INCIDENT_CHANGES}
    reviews = {_kind(replace(REVIEW, change=change)) for change in ("opened", "overdue", "closed")}
    calendar = {
        _kind(replace(MAINTENANCE, kind=kind, change=change))
        for kind in ("maintenance", "freeze")
        for change in ("planned", "changed", "began", "ended", "cancelled")
    }
    deployments = {
        _kind(replace(DEPLOYMENT, change=change))
        for change in ("overridden", "promoted", "verified", "rolled_back", "rejected", "expired")
    }
    access = {_kind(one) for one in (ISSUED, replace(ISSUED, break_glass=True), ENDED, APPROVED)}
    reports = {_kind(BUDGETS), _kind(replace(BUDGETS, task="redis_memory"))}
    written = {
        written_content(kind=kind, title="t", summary="s", impact="", by="ada").kind for kind in get_args(PersonKind)
    }
    found = (incidents, reviews, calendar, deployments, access, reports, written)
    assert found == tuple(set(get_args(kind)) for kind in KINDS)


def test_a_count_more_takes_its_place_in_the_thread_and_says_nothing() -> None:
    said = told(incident(1, 2, "updated"), CONSOLE)
    assert said
    assert (said.thread, said.sequence, said.content) == ("incident:INC-1", 2, None)
    noted = told(incident(1, 2, "updated", note="We know why."), CONSOLE)
    assert noted
    assert noted.content
    assert noted.content.summary == "We know why."


def test_a_planned_deployment_is_told_ahead_with_its_impact_and_a_step_of_the_pipeline_is_not() -> None:
    said = told(DEPLOYMENT, CONSOLE)
    assert said
    assert said.content
    assert (said.thread, said.sequence, said.content.kind) == ("deployment:CHG-1", 1, "planned_deployment")
    assert said.content.facts == (
        ("Impact", "Nothing is down."), ("Planned for", "2026-11-24 14:00 UTC"), ("By", "ada"),
    )  # fmt: skip
    step = told(replace(DEPLOYMENT, sequence=2, change="staged"), CONSOLE)
    assert step
    assert (step.sequence, step.content) == (2, None)


@pytest.mark.parametrize("model", VERDICTS)
def test_every_verdict_of_a_reported_task_is_told_with_its_reason(model: Any) -> None:
    said = told(model(**BUDGETS.detail), CONSOLE)
    assert said
    assert said.content
    assert "Availability: passed, 99.0% left\np95 latency" in said.content.text
    assert f"{CONSOLE}/kpis" in said.content.text


def test_times_are_readable_and_what_is_no_time_is_shown_as_it_is() -> None:
    assert "From: 2026-11-25 22:00 UTC" in told(MAINTENANCE, CONSOLE).content.text  # type: ignore[union-attr]  # the template is there, or the test fails
    odd = replace(MAINTENANCE, start="soon")
    assert "From: soon" in told(odd, CONSOLE).content.text  # type: ignore[union-attr]  # the template is there, or the test fails


def test_a_database_login_says_who_why_what_for_and_until_when() -> None:
    given = told(ISSUED, CONSOLE).content  # type: ignore[union-attr]  # the template is there, or the test fails
    assert given
    assert given.summary == "a slow query of a customer"
    assert given.facts == (("Who", "dee"), ("Access", "read-only"), ("Until", "2026-11-24 13:00 UTC"))
    written = told(replace(ISSUED, access="write"), CONSOLE).content  # type: ignore[union-attr]  # the template is there, or the test fails
    assert written
    assert ("Access", "read and write") in written.facts
    ended = told(ENDED, CONSOLE).content  # type: ignore[union-attr]  # the template is there, or the test fails
    assert ended
    assert (ended.summary, ended.facts[2]) == ("ended by person:dee", ("Until", "2026-11-24 12:30 UTC"))
    approved = told(APPROVED, CONSOLE).content  # type: ignore[union-attr]  # the template is there, or the test fails
    assert approved
    assert ("Approved by", "lee") in approved.facts


def test_a_broken_glass_is_told_to_those_who_see_incidents() -> None:
    used = told(replace(ISSUED, break_glass=True), CONSOLE)
    assert used
    assert used.content
    assert used.content.title.startswith("Break-glass")
    assert "incidents" in the_runbook().communication.wanting(used.content.kind)


def test_other_events_are_not_announced() -> None:
    assert told(KpiDataMissing(id="1", severity="page", at="2026-11-23T12:05:00Z", why="None."), CONSOLE) is None


def test_every_kind_goes_somewhere() -> None:
    kinds = {kind for part in KINDS for kind in get_args(part)}
    assert all(the_runbook().communication.wanting(kind) for kind in kinds)


def test_a_report_of_no_task_is_refused() -> None:
    from shared.runbook.load import FILE

    text = FILE.read_text().replace('reports = ["error_budget_review"]', 'reports = ["coffee"]')
    with pytest.raises(WrongRunbook, match=r"communication\.reports: coffee is no daily task"):
        parse(text)
