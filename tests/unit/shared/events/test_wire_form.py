"""How events look on the bus: what is on its way while a release is deployed has to be read, and rules match on it."""

import json
from dataclasses import FrozenInstanceError, fields
from typing import Final

import pytest

from shared.events.catalogue import CATALOGUE
from shared.events.event import Event
from shared.platform.outbox import leave

KPI: Final = "id kpi title severity decision at why"
DATA: Final = "id severity at why"
TASK: Final = "id at task title run scheduled_for why"
PROBE: Final = "id at subject components why since"
DRILL: Final = "id at drill kind rpo_seconds rto_seconds why"
CREDENTIAL: Final = "id at credential role by access until break_glass reason"
ROLE: Final = "id at role why"

FORMS: Final = {
    "EventsWaiting": ("p09.ingestion", "stream"),
    "KpiBreached": ("p09.kpi", KPI),
    "KpiRecovered": ("p09.kpi", KPI),
    "BudgetExhausted": ("p09.kpi", KPI),
    "KpiDataMissing": ("p09.kpi", DATA),
    "KpiDataReturned": ("p09.kpi", DATA),
    "TaskPassed": ("p09.runbook", TASK),
    "TaskFailed": ("p09.runbook", TASK),
    "TaskUnconfigured": ("p09.runbook", TASK),
    "TaskTimedOut": ("p09.runbook", TASK),
    "TaskMissed": ("p09.runbook", TASK),
    "TaskRequested": ("p09.runbook", "id at task run by reason"),
    "ProbeFailed": ("p09.health", PROBE),
    "ProbeRecovered": ("p09.health", PROBE),
    "IncidentChanged": (
        "p09.incidents",
        "id at incident sequence change title state severity customer_impacting components owner note public",
    ),
    "ReviewChanged": ("p09.incidents", "id at review change title due owner why"),
    "CalendarChanged": ("p09.calendar", "id at entry kind change title start end components reason"),
    "MessageQueued": ("p09.communication", "id at thread"),
    "AccountAsked": ("p09.access", "id at account"),
    "DrillPassed": ("p09.backups", DRILL),
    "DrillFailed": ("p09.backups", DRILL),
    "DeploymentChanged": ("p09.deployments", "id at deployment sequence change title impact planned_for by why"),
    "AuditAltered": ("p09.access", "id at organisation why"),
    "DatabaseCredentialIssued": ("p09.access", CREDENTIAL),
    "DatabaseCredentialEnded": ("p09.access", CREDENTIAL),
    "BreakGlassApproved": ("p09.access", f"{CREDENTIAL} approved_by"),
    "BreakGlassUnapproved": ("p09.access", CREDENTIAL),
    "DatabaseRoleUnexpected": ("p09.access", ROLE),
    "DatabaseRoleSettled": ("p09.access", ROLE),
}  # fmt: skip


def sample(model: type[Event]) -> Event:
    """Each field has its own name as its value."""
    return model(**{field.name: field.name for field in fields(model)})


def test_the_catalogue_has_these_events_and_no_others() -> None:
    assert CATALOGUE.keys() == FORMS.keys()


@pytest.mark.parametrize("name", FORMS)
def test_an_event_goes_over_the_bus_in_its_form(name: str) -> None:
    source, words = FORMS[name]
    event = sample(CATALOGUE[name])
    text = ", ".join(f'"{word}": "{word}"' for word in words.split())
    assert (event.source, event.detail_type, json.dumps(event.detail)) == (source, name, f"{{{text}}}")


@pytest.mark.parametrize("name", sorted(FORMS.keys() - {"EventsWaiting"}))
def test_what_waits_in_the_outbox_is_that_very_text(name: str) -> None:
    event = sample(CATALOGUE[name])
    item = leave(event).item
    assert (item["sk"], item["detail_type"]) == ("at#id", name)
    assert item["detail"] == json.dumps(event.detail)


@pytest.mark.parametrize("name", FORMS)
def test_events_are_frozen_and_made_by_keywords_alone(name: str) -> None:
    model = CATALOGUE[name]
    words = FORMS[name][1].split()
    with pytest.raises(TypeError):
        model(*words)
    with pytest.raises(FrozenInstanceError):
        setattr(sample(model), words[-1], "other")


@pytest.mark.parametrize("name", FORMS)
def test_events_of_the_same_content_are_the_same_if_they_are_of_one_model(name: str) -> None:
    model = CATALOGUE[name]
    assert sample(model) == sample(model)
    assert all(sample(model) != sample(other) for other in CATALOGUE.values() if other is not model)
