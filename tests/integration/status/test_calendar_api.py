"""The calendar over the API, while PostgreSQL and Valkey are down: only the operations table answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.calendar.store import CalendarStore
from shared.calendar.view import EntryList, EntryView
from shared.incidents.act import report
from shared.incidents.by_people import Report, Saying
from shared.incidents.store import IncidentStore
from shared.platform.outbox import waiting
from tests.integration.status.conftest import Publisher
from tests.operations_api import Caller, ServersDown
from tests.views import is_described

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
MAINTENANCE = {
    "kind": "maintenance", "title": "Upgrade", "reason": "The database gets its next version.",
    "start": (NOW + HOUR).isoformat(), "end": (NOW + 2 * HOUR).isoformat(), "components": ["analytics"],
}  # fmt: skip
FREEZE = {"kind": "freeze", "title": "Holidays", "reason": "Nobody is there.", "start": (NOW + 2 * HOUR).isoformat(),
          "end": (NOW + timedelta(days=9)).isoformat()}  # fmt: skip


class Api(Caller):
    def plan(self, entry: dict[str, Any], status: int = 201) -> Any:
        return self.post("/v1/calendar", entry, status)

    def list(self, **parameters: Any) -> Any:
        return self.get("/v1/calendar", **parameters)


@pytest.fixture
def incidents(publisher: Publisher) -> IncidentStore:
    return IncidentStore(publisher.table)


@pytest.fixture
def api(publisher: Publisher, incidents: IncidentStore) -> Iterator[Api]:
    services = ServersDown(calendar=CalendarStore(publisher.table), incidents=incidents)
    with TestClient(create_app(services)) as client:
        yield Api(client)


def test_an_empty_calendar_is_an_empty_list(api: Api) -> None:
    assert api.list() == {"entries": [], "next_cursor": None}


def test_what_is_planned_is_listed_and_told(api: Api, publisher: Publisher) -> None:
    planned = api.plan(MAINTENANCE)
    assert is_described(planned, EntryView)
    assert (planned["state"], planned["created_by"]) == ("planned", "ada")
    found = api.list()
    assert is_described(found, EntryList)
    assert found["entries"] == [planned]
    assert api("GET", f"/v1/calendar/{planned['id']}") == planned
    assert [item["detail_type"] for item in waiting(publisher.table)] == ["CalendarChanged"]


def test_a_change_moves_it_and_a_cancellation_takes_it_off_the_list(api: Api) -> None:
    entry = api.plan(MAINTENANCE)
    later = {"start": (NOW + 3 * HOUR).isoformat(), "end": (NOW + 4 * HOUR).isoformat()}
    changed = api("PATCH", f"/v1/calendar/{entry['id']}", json=later)
    assert changed["start"] > entry["start"]
    assert api.list()["entries"] == [changed]
    cancelled = api("POST", f"/v1/calendar/{entry['id']}/cancel", json={"reason": "Not needed."})
    assert (cancelled["state"], cancelled["note"]) == ("cancelled", "Not needed.")
    assert api.list()["entries"] == []
    assert api("GET", f"/v1/calendar/{entry['id']}") == cancelled
    problem = api("PATCH", f"/v1/calendar/{entry['id']}", 409, json={"title": "Too late"})
    assert "was cancelled" in problem["detail"]


def test_a_maintenance_in_an_outage_needs_another_person_than_the_one_who_planned_it(
    api: Api, incidents: IncidentStore
) -> None:
    what = Report(title="Down", severity="page", customer_impacting=True, components=("analytics",), owner="")
    incident = report(incidents, what, Saying(by="grace", at=NOW))
    entry = api.plan(MAINTENANCE | {"start": datetime.now(UTC).isoformat()})
    assert (entry["state"], entry["during"], entry["second_by"]) == ("waiting", incident.id, "")
    detail = api.post(f"/v1/calendar/{entry['id']}/second", {}, 403)["detail"]
    assert "a second person has to agree" in detail
    agreed = api.post(f"/v1/calendar/{entry['id']}/second", {}, by="alan")
    assert (agreed["state"], agreed["second_by"]) == ("active", "alan")


def test_pages_follow_each_other_by_start(api: Api) -> None:
    ids = [api.plan(MAINTENANCE | {"title": f"Part {n}"})["id"] for n in range(3)] + [api.plan(FREEZE)["id"]]
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.list(limit=2, **cursor)
        found += [entry["id"] for entry in page["entries"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(found) == sorted(ids)
    assert found[-1] == ids[-1]
    assert [entry["kind"] for entry in api.list(kind="freeze")["entries"]] == ["freeze"]


def test_a_span_without_it_does_not_list_it(api: Api) -> None:
    api.plan(MAINTENANCE)
    span = {"from": (NOW + 5 * HOUR).isoformat(), "to": (NOW + 6 * HOUR).isoformat()}
    assert api.list(**span)["entries"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"end": MAINTENANCE["start"]}, "#/end"),
        ({"start": "2020-01-01T00:00:00Z", "end": "2020-01-01T01:00:00Z"}, "#/start"),
        ({"start": "2026-12-01T22:00:00"}, "#/start"),
        ({"components": ["kitchen"]}, "#/components"),
        ({"components": []}, "#/components"),
        ({"title": ""}, "#/title"),
        ({"kind": "party"}, "#/kind"),
        ({"colour": "red"}, "#/colour"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_the_field_to_mend(
    api: Api, change: dict[str, Any], pointer: str
) -> None:
    problem = api.plan(MAINTENANCE | change, 422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert api.list()["entries"] == []


def test_a_span_that_makes_no_sense_is_refused(api: Api) -> None:
    problem = api("GET", "/v1/calendar", 422, params={"from": NOW.isoformat(), "to": NOW.isoformat()})
    assert problem["errors"] == [{"parameter": "to", "detail": "to: must be after `from`"}]


def test_what_does_not_exist_is_not_found(api: Api) -> None:
    missing = "/v1/calendar/maintenance-000000000000"
    for problem in (
        api("GET", missing, 404),
        api("PATCH", missing, 404, json={"title": "x"}),
        api("POST", f"{missing}/cancel", 404, json={"reason": "x"}),
    ):
        assert "GET /v1/calendar lists" in problem["detail"]


def test_a_change_without_anything_to_change_is_refused(api: Api) -> None:
    entry = api.plan(MAINTENANCE)
    assert "name what shall become different" in api("PATCH", f"/v1/calendar/{entry['id']}", 422, json={})["detail"]


def test_what_is_under_way_can_be_ended(api: Api) -> None:
    entry = api.plan(MAINTENANCE | {"start": datetime.now(UTC).isoformat()})
    assert entry["state"] == "active"
    ended = api("POST", f"/v1/calendar/{entry['id']}/cancel", json={"reason": "Done early."})
    assert ended["end"] < entry["end"]
    assert ended["note"] == "Done early."
