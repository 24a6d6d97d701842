from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.status.describe import describe
from shared.status.model import Facts, Incident, Indicator, Probe
from shared.status.standing import indicator
from tests.status_pages import DEGRADED, EMPTY, MAINTENANCE, NOW, OPERATIONAL, OUTAGE, ago, page_of


def statuses(facts: Facts) -> dict[str, str]:
    return {one.component.id: one.status for one in page_of(facts).components}


def open_incident(**values: Any) -> Facts:
    usual: dict[str, Any] = {"id": "INC", "title": "Down", "impact": "critical", "state": "investigating",
                             "opened_at": ago(minutes=5), "components": ("analytics",)}  # fmt: skip
    return replace(OPERATIONAL, incidents=(Incident(**(usual | values)),))


@pytest.mark.parametrize(
    ("facts", "level", "analytics"),
    [
        (OPERATIONAL, "none", "operational"),
        (DEGRADED, "minor", "degraded_performance"),
        (OUTAGE, "major", "major_outage"),
        (MAINTENANCE, "maintenance", "under_maintenance"),
    ],
)
def test_the_four_states(facts: Facts, level: str, analytics: str) -> None:
    page = page_of(facts)
    assert page.indicator == level
    assert statuses(facts)["analytics"] == analytics
    assert statuses(facts)["console"] == "operational"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["operational", "operational"], "none"),
        (["operational", "degraded_performance"], "minor"),
        (["operational", "partial_outage"], "major"),
        (["operational", "major_outage"], "major"),
        (["major_outage", "major_outage"], "critical"),
        (["major_outage", "under_maintenance"], "critical"),
        (["operational", "under_maintenance"], "maintenance"),
        (["under_maintenance", "under_maintenance"], "maintenance"),
        (["degraded_performance", "under_maintenance"], "minor"),
    ],
)
def test_the_page_is_as_bad_as_its_components_amount_to(found: list[Any], expected: Indicator) -> None:
    assert indicator(found) == expected


@pytest.mark.parametrize(
    ("impact", "state", "expected"),
    [
        ("minor", "investigating", "degraded_performance"),
        ("major", "identified", "partial_outage"),
        ("critical", "identified", "major_outage"),
        ("critical", "monitoring", "degraded_performance"),
        ("critical", "resolved", "operational"),
    ],
)
def test_an_incident_says_how_its_components_are(impact: str, state: str, expected: str) -> None:
    assert statuses(open_incident(impact=impact, state=state))["analytics"] == expected


def test_the_worst_of_several_incidents_counts() -> None:
    incidents = (*open_incident(impact="minor", id="a").incidents, *open_incident(impact="major", id="b").incidents)
    assert statuses(replace(OPERATIONAL, incidents=incidents))["analytics"] == "partial_outage"


def test_what_the_prober_sees_failing_is_shown_though_nobody_opened_an_incident() -> None:
    facts = replace(OPERATIONAL, probe=Probe(at=NOW, failing=("console",), since=ago(minutes=2)))
    assert statuses(facts)["console"] == "major_outage"


def test_a_prober_that_is_silent_is_not_believed_and_the_page_says_so() -> None:
    probe = Probe(at=NOW - timedelta(minutes=6), failing=("console",), since=ago(minutes=9))
    facts = replace(OPERATIONAL, probe=probe)
    assert statuses(facts)["console"] == "operational"
    assert page_of(facts).checks_are_stale
    assert page_of(EMPTY).checks_are_stale
    assert not page_of(OPERATIONAL).checks_are_stale


def test_planned_maintenance_comes_before_what_fails_in_it() -> None:
    facts = replace(MAINTENANCE, incidents=open_incident().incidents)
    assert statuses(facts)["analytics"] == "under_maintenance"
    assert [one.incident.id for one in page_of(facts).incidents] == ["INC"]


def test_work_that_began_in_an_outage_hides_nothing_of_it() -> None:
    [work] = [one for one in MAINTENANCE.maintenances if one.phase(NOW) == "in_progress"]
    facts = replace(OUTAGE, maintenances=(replace(work, in_outage=True),))
    assert {statuses(facts)[name] for name in work.components if name != "console"} == {"major_outage"}
    assert set(statuses(replace(facts, incidents=(), probe=None)).values()) == {"operational", "under_maintenance"}


def test_maintenance_begins_and_ends_by_the_clock() -> None:
    [upgrade] = OPERATIONAL.maintenances
    for now, phase, status in (
        (upgrade.start - timedelta(seconds=1), "scheduled", "operational"),
        (upgrade.start, "in_progress", "under_maintenance"),
        (upgrade.end, "completed", "operational"),
    ):
        page = describe(replace(OPERATIONAL, probe=Probe(at=now)), now)
        assert [one.phase for one in page.maintenances] == [phase]
        assert page.components[2].status == status


def test_the_page_changed_when_last_something_on_it_did() -> None:
    assert page_of(DEGRADED).updated_at == ago(minutes=20)
    assert page_of(MAINTENANCE).updated_at == ago(minutes=42)
    assert page_of(EMPTY).updated_at == EMPTY.since
    console = page_of(DEGRADED).components[0]
    assert console.updated_at == OPERATIONAL.incidents[3].resolved_at
