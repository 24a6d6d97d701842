"""Changes over the API, while PostgreSQL and Valkey are down: only the operations table answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.calendar.edit import Calendar
from shared.calendar.model import Plan
from shared.calendar.store import CalendarStore
from shared.changes.store import ChangeStore
from shared.changes.view import ChangeList, ChangeView, DoraView
from shared.changes.waits import WaitStore
from shared.identity.identity import DEVELOPER, LEAD
from shared.incidents.store import IncidentStore
from shared.platform.moments import stamp
from shared.platform.outbox import waiting
from tests.memory_table import MemoryTable
from tests.operations_api import Caller, KnownPeople, ServersDown
from tests.views import is_described

NOW = datetime.now(UTC).replace(microsecond=0)
DIGEST = "a" * 64
NEW = {
    "title": "Faster funnels", "impact": "Nothing is down.", "commit": "c" * 40, "digest": DIGEST,
    "committed_at": (NOW - timedelta(hours=5)).isoformat(), "planned_for": (NOW + timedelta(hours=2)).isoformat(),
}  # fmt: skip


class Evaluated:
    """The last evaluation of the KPIs."""

    def __init__(self) -> None:
        self.exhausted = False
        self.at = datetime.now(UTC).replace(microsecond=0)  # not when the tests were read: it must be fresh

    def latest(self) -> dict[str, Any]:
        kpis = [
            {"title": "Availability", "budget": {"exhausted": self.exhausted}},
            {"title": "Incidents", "budget": None},
        ]
        return {"evaluated_at": stamp(self.at), "kpis": kpis}


class Operations(ServersDown):
    def __init__(self) -> None:
        self.table = MemoryTable()
        self.evaluated = Evaluated()
        super().__init__(
            tokens=KnownPeople({"ada": DEVELOPER, "alan": LEAD}), changes=ChangeStore(self.table),
            calendar=CalendarStore(self.table), kpis=self.evaluated, incidents=IncidentStore(self.table),
            promotion_waits=WaitStore(self.table),
        )  # fmt: skip


class Api(Caller):
    def __init__(self, client: TestClient, services: Operations) -> None:
        super().__init__(client)
        self.services = services

    def call(self, person: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        return self(method, f"/v1{path}", status, by=person, json=body)

    def proved(self) -> str:
        planned = self.call("ada", "POST", "/changes", NEW, 201)
        for step in ("staged", "smoke", "load_snapshot"):
            report = {"step": step, "digest": DIGEST, "passed": True, "why": "well"}
            self.call("ada", "POST", f"/changes/{planned['id']}/steps", report)
        return str(planned["id"])


@pytest.fixture
def api() -> Iterator[Api]:
    services = Operations()
    with TestClient(create_app(services)) as client:
        yield Api(client, services)


def test_a_change_goes_to_production_and_its_figures_count_it(api: Api) -> None:
    change = api.proved()
    shown = api.call("grace", "GET", f"/changes/{change}")
    assert is_described(shown, ChangeView)
    assert all(gate["open"] for gate in shown["gates"])
    api.call("grace", "POST", f"/changes/{change}/approve")
    api.call("ada", "POST", f"/changes/{change}/promote", {"digest": DIGEST})
    verified = {"step": "verified", "digest": DIGEST, "passed": True, "why": "well"}
    done = api.call("ada", "POST", f"/changes/{change}/steps", verified)
    assert (done["state"], done["gates"], done["approval"]["by"]) == ("verified", [], "grace")
    figures = api.call("alan", "GET", "/delivery?days=10")
    assert is_described(figures, DoraView)
    assert (figures["deployments"], figures["per_day"], figures["failure_rate"]) == (1, 0.1, 0.0)
    assert figures["lead_time_seconds"] >= 5 * 3600
    assert figures["weeks"][0]["start"] == figures["start"]
    assert sum(week["deployments"] for week in figures["weeks"]) == 1
    assert {item["detail_type"] for item in waiting(api.services.table)} == {"DeploymentChanged"}


def test_open_changes_are_those_that_nothing_has_ended(api: Api) -> None:
    ended = api.proved()
    api.call("grace", "POST", f"/changes/{ended}/reject", {"reason": "not yet"})
    first = api.proved()
    second = api.call("ada", "POST", "/changes", NEW | {"digest": "f" * 64}, 201)["id"]
    assert {one["id"] for one in api.call("alan", "GET", "/changes")["changes"]} == {ended, first, second}
    page = api.call("alan", "GET", "/changes?state=open&limit=1")
    rest = api.call("alan", "GET", f"/changes?state=open&cursor={page['next_cursor']}")
    assert {one["id"] for one in (*page["changes"], *rest["changes"])} == {first, second}
    assert rest["next_cursor"] is None


def test_an_exhausted_budget_refuses_and_an_audited_override_of_two_lets_it_through(api: Api) -> None:
    change = api.proved()
    api.services.evaluated.exhausted = True
    refused = api.call("grace", "POST", f"/changes/{change}/approve", status=409)
    assert refused["detail"] == "budget: Nothing is left of the error budget of Availability"
    asked = {"gates": ["budget"], "reason": "it mends what used it up"}
    api.call("grace", "POST", f"/changes/{change}/override", asked)
    assert "second person" in api.call("grace", "POST", f"/changes/{change}/override/second", status=403)["detail"]
    shown = api.call("alan", "POST", f"/changes/{change}/override/second")
    assert [gate["name"] for gate in shown["gates"] if gate["overridden"]] == ["budget"]
    assert api.call("grace", "POST", f"/changes/{change}/approve")["state"] == "approved"
    told = [line for line in shown["story"] if line["happened"] in ("override_asked", "overridden")]
    assert [(line["by"], line["why"]) for line in told] == [
        ("grace", "budget: it mends what used it up"), ("alan", "budget: it mends what used it up"),
    ]  # fmt: skip


def test_kpis_that_nobody_has_evaluated_of_late_are_no_open_gate(api: Api) -> None:
    change = api.proved()
    api.services.evaluated.at = NOW - timedelta(minutes=20)
    assert "nobody knows" in api.call("grace", "POST", f"/changes/{change}/approve", status=409)["detail"]


def test_a_freeze_that_begins_while_it_waits_blocks(api: Api) -> None:
    change = api.proved()
    api.call("grace", "POST", f"/changes/{change}/approve")
    freeze = Plan(kind="freeze", title="Holidays", reason="Nobody is there", start=NOW, end=NOW + timedelta(days=2))
    Calendar(api.services.calendar, [], by="alan", now=NOW).plan(freeze)
    refused = api.call("ada", "POST", f"/changes/{change}/promote", {"digest": DIGEST}, 409)
    assert refused["detail"] == "freeze: Holidays"


def test_who_wrote_it_does_not_approve_it_and_a_developer_does_not_approve(api: Api) -> None:
    planned = api.call("grace", "POST", "/changes", NEW, 201)
    for step in ("staged", "smoke", "load_snapshot"):
        report = {"step": step, "digest": DIGEST, "passed": True, "why": "well"}
        api.call("ada", "POST", f"/changes/{planned['id']}/steps", report)
    assert "author" in api.call("grace", "POST", f"/changes/{planned['id']}/approve", status=403)["detail"]
    api.call("ada", "POST", f"/changes/{planned['id']}/approve", status=403)


def test_who_committed_to_it_does_not_approve_it(api: Api) -> None:
    named = NEW | {"committers": ["grace@example.com", "hopper@example.com"]}
    planned = api.call("ada", "POST", "/changes", named, 201)
    assert planned["committers"] == named["committers"]
    for step in ("staged", "smoke", "load_snapshot"):
        report = {"step": step, "digest": DIGEST, "passed": True, "why": "well"}
        api.call("ada", "POST", f"/changes/{planned['id']}/steps", report)
    person = "grace as Grace@example.com"
    assert api.call(person, "GET", f"/changes/{planned['id']}")["own"] == ["artefact"]
    api.call(person, "POST", f"/changes/{planned['id']}/approve", status=403)
    api.call("alan", "POST", f"/changes/{planned['id']}/approve")


def test_a_committer_that_is_no_address_is_named(api: Api) -> None:
    refused = api.call("ada", "POST", "/changes", NEW | {"committers": ["a@example.com", "grace"]}, 422)
    assert refused["errors"][0]["pointer"] == "#/committers/1"


def test_persons_are_told_apart_whatever_name_they_go_by(api: Api) -> None:
    planned = api.call("grace", "POST", "/changes", NEW, 201)
    assert planned["own"] == ["artefact"]
    for step in ("staged", "smoke", "load_snapshot"):
        report = {"step": step, "digest": DIGEST, "passed": True, "why": "well"}
        api.call("ada", "POST", f"/changes/{planned['id']}/steps", report)
    refused = api.call("grace as hopper", "POST", f"/changes/{planned['id']}/approve", status=403)
    assert refused["detail"] == "hopper is the change's author: somebody else has to approve it"
    approved = api.call("alan as grace", "POST", f"/changes/{planned['id']}/approve")
    assert (approved["author"], approved["approval"]["by"], approved["own"]) == ("grace", "grace", [])


def test_another_artefact_is_named_as_the_field_to_mend(api: Api) -> None:
    change = api.proved()
    report = {"step": "verified", "digest": "b" * 64, "passed": True, "why": "well"}
    refused = api.call("ada", "POST", f"/changes/{change}/steps", report, 422)
    assert refused["errors"][0]["pointer"] == "#/digest"
    amended = api.call("ada", "POST", f"/changes/{change}/artefact", {"commit": "d" * 40, "digest": "b" * 64})
    assert amended["state"] == "planned"


def test_changes_are_listed_newest_first_page_by_page(api: Api) -> None:
    for number in range(3):
        api.call("ada", "POST", "/changes", NEW | {"digest": f"{number}" * 64}, 201)
    first = api.call("ada", "GET", "/changes?limit=2")
    assert is_described(first, ChangeList)
    second = api.call("ada", "GET", f"/changes?limit=2&cursor={first['next_cursor']}")
    found = [one["id"] for one in first["changes"] + second["changes"]]
    assert found == sorted(found, reverse=True)
    assert (len(found), second["next_cursor"]) == (3, None)


def test_what_is_rejected_rolled_back_or_unknown_is_said(api: Api) -> None:
    change = api.proved()
    assert (
        "only what is in production"
        in (api.call("ada", "POST", f"/changes/{change}/roll-back", {"reason": "x"}, 409)["detail"])
    )
    assert api.call("grace", "POST", f"/changes/{change}/reject", {"reason": "not now"})["state"] == "rejected"
    api.call("grace", "GET", "/changes/CHG-20261124T120000Z-0a1b2c", status=404)
