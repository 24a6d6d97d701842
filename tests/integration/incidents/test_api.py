from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.incidents.view import IncidentDetail, IncidentList, ReviewDetail, ReviewList
from tests.integration.incidents.conftest import Responder
from tests.operations_api import Caller, ServersDown
from tests.unit.shared.incidents.told import kpi_breached, probe_failed, probe_recovered, task_failed
from tests.unit.shared.incidents.world import at
from tests.views import is_described

UNKNOWN = "INC-20200101-000000-000000"


class Api(Caller):
    def act(self, incident: str, what: str, status: int = 200, *, by: str = "ada", **body: Any) -> Any:
        return self.post(f"/v1/incidents/{incident}/{what}", body, status, by=by)


@pytest.fixture
def api(responder: Responder) -> Iterator[Api]:
    with TestClient(create_app(ServersDown(operations=responder.table))) as client:
        yield Api(client)


@pytest.fixture
def incident(responder: Responder) -> str:
    responder.deliver(probe_failed(0, "analytics"))
    return responder.world.only().id


def test_without_incidents_lists_are_empty(api: Api) -> None:
    assert api("GET", "/v1/incidents") == {"incidents": [], "next_cursor": None}
    assert api("GET", "/v1/reviews") == {"reviews": [], "next_cursor": None}
    api("GET", f"/v1/incidents/{UNKNOWN}", 404)
    api("GET", "/v1/reviews/PIR-20200101-000000-000000", 404)
    api("GET", "/v1/incidents/nonsense", 422)


def test_an_incident_from_signal_to_review(api: Api, responder: Responder, incident: str) -> None:
    assert api.act(incident, "acknowledge", by="grace")["owner"] == "grace"
    said = api.act(incident, "updates", state="identified", note="The disk is full.", public=True)
    assert said["timeline"][-1] == {
        "at": said["timeline"][-1]["at"], "kind": "note", "by": "ada", "text": "The disk is full.", "public": True,
        "state": "identified", "links": {},
    }  # fmt: skip
    refused = api.act(incident, "resolve", 409)
    assert "still failing: probe:service" in refused["detail"]
    assert refused["may"] == ["update", "merge", "resolve"]
    responder.deliver(probe_recovered(5))
    resolved = api.act(incident, "resolve", note="Space was made.", public=True)
    assert (resolved["state"], resolved["may"]) == ("resolved", ["update", "reopen"])
    assert is_described(resolved, IncidentDetail)
    assert api.act(incident, "acknowledge", 409)["may"] == ["update", "reopen"]
    review = api("GET", f"/v1/reviews/{resolved['review']}")
    assert review["timeline"] == resolved["timeline"]
    assert api.act(incident, "reopen", note="Full again.")["state"] == "investigating"


def test_what_a_person_noticed_is_opened_once(api: Api) -> None:
    wanted = {"title": "Exports are slow", "customer_impacting": True, "components": ["analytics"], "note": "Seen."}
    opened = api("POST", "/v1/incidents", 201, json=wanted)
    assert (opened["opened_by"], opened["severity"], opened["state"]) == ("ada", "ticket", "investigating")
    again = api("POST", "/v1/incidents", 409, json=wanted)
    assert opened["id"] in again["detail"]
    unknown = api("POST", "/v1/incidents", 422, json=wanted | {"components": ["moon"]})
    assert unknown["errors"] == [{"pointer": "#/components", "detail": unknown["detail"]}]
    api("POST", "/v1/incidents", 422, json={"title": " "})
    nothing = api.act(opened["id"], "updates", 422, owner="")
    assert nothing["errors"][0]["pointer"] == "#/note"
    assert api.act(opened["id"], "updates", owner="grace", components=[])["components"] == []


def test_the_same_thing_opened_twice_becomes_one(api: Api, responder: Responder, incident: str) -> None:
    responder.deliver(task_failed(1))
    other = next(one["id"] for one in api("GET", "/v1/incidents")["incidents"] if one["id"] != incident)
    merged = api.act(other, "merge", into=incident)
    assert (merged["id"], merged["signals"], merged["causes"]) == (incident, 2, ["service", "task:redis_memory"])
    ended = api("GET", f"/v1/incidents/{other}")
    assert (ended["state"], ended["merged_into"], ended["may"]) == ("resolved", incident, [])
    assert incident in api.act(other, "reopen", 409, note="no")["detail"]
    api.act(incident, "merge", 422, into=incident)
    api.act(incident, "merge", 409, into=other)
    api.act(incident, "merge", 404, into=UNKNOWN)


def test_incidents_are_paged_newest_first_and_by_state(api: Api, responder: Responder) -> None:
    for number in range(5):
        responder.world.report(f"Report {number}", number)
    first = api("GET", "/v1/incidents", params={"limit": 3})
    second = api("GET", "/v1/incidents", params={"limit": 3, "cursor": first["next_cursor"]})
    found = [*first["incidents"], *second["incidents"]]
    assert [one["title"] for one in found] == [f"Report {number}" for number in (4, 3, 2, 1, 0)]
    assert second["next_cursor"] is None
    assert is_described(first, IncidentList)
    api.act(found[0]["id"], "resolve")
    assert len(api("GET", "/v1/incidents", params={"state": "open"})["incidents"]) == 4
    resolved = api("GET", "/v1/incidents", params={"state": "resolved", "limit": 1})
    assert [one["id"] for one in resolved["incidents"]] == [found[0]["id"]]
    assert resolved["next_cursor"] is None
    api("GET", "/v1/incidents", 422, params={"state": "asleep"})


def test_a_review_from_breach_to_closing(api: Api, responder: Responder) -> None:
    responder.deliver(kpi_breached(0))
    (listed,) = api("GET", "/v1/reviews", params={"state": "open"})["reviews"]
    path = f"/v1/reviews/{listed['id']}"
    assert (listed["about"], listed["kpi"], listed["missing"]) == (
        "incident", "error_rate", ["contributing_factors is empty"],
    )  # fmt: skip
    assert "contributing_factors is empty" in api("POST", f"{path}/close", 409, json={})["detail"]
    api("PATCH", path, json={"contributing_factors": "No canary.", "due": "2026-12-24"})
    action = {"title": "Add a canary", "owner": "ada", "due": "2026-12-24"}
    added = api("POST", f"{path}/actions", 201, json=action)
    assert added["actions"][0]["state"] == "open"
    api("POST", f"{path}/close", 409, json={})
    wrong = api("PATCH", f"{path}/actions/1", 422, json={"state": "dropped"})
    assert wrong["errors"][0]["pointer"] == "#/reason"
    api("PATCH", f"{path}/actions/7", 404, json={"state": "done"})
    api("PATCH", f"{path}/actions/1", json={"state": "done"})
    closed = api("POST", f"{path}/close", json={"note": "Thanks."})
    assert (closed["state"], closed["closed_by"], closed["due"]) == ("closed", "ada", "2026-12-24")
    assert is_described(closed, ReviewDetail)
    page = api("GET", "/v1/reviews", params={"state": "closed"})
    assert is_described(page, ReviewList)
    api("PATCH", path, 409, json={"summary": "Another."})


def test_resolving_needs_nothing_but_the_table(api: Api, responder: Responder) -> None:
    """Messages that can't be sent wait in the outbox; nobody waits for them."""
    opened = responder.world.report("Exports are slow", 0, customer_impacting=True)
    assert api.act(opened.id, "resolve")["state"] == "resolved"
    assert [one["change"] for one in responder.world.told()] == ["opened", "resolved"]
    assert responder.world.impacting() == [f"{at(0):%Y-%m-%dT%H:%M:%SZ}#{opened.id}"]
