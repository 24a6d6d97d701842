"""Changes over the API, while PostgreSQL and Valkey are down: only the operations table answers."""

import json
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
from shared.delivery.snapshot_store import SnapshotStore
from shared.identity.identity import DEVELOPER, LEAD
from shared.incidents.store import IncidentStore
from shared.platform.moments import stamp
from shared.platform.outbox import waiting
from tests.memory_table import MemoryTable
from tests.operations_api import Caller, KnownPeople, ServersDown
from tests.step_reports import checks, report, snapshot
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
            promotion_waits=WaitStore(self.table), load_snapshots=SnapshotStore(self.table),
        )  # fmt: skip


class Api(Caller):
    def __init__(self, client: TestClient, services: Operations) -> None:
        super().__init__(client)
        self.services = services

    def call(self, person: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        return self(method, f"/v1{path}", status, by=person, json=body)

    def proved(self) -> str:
        planned = self.call("ada", "POST", "/changes", NEW, 201)
        self.prove(planned["id"])
        return str(planned["id"])

    def staged(self, letter: str = "a") -> str:
        planned = self.call("ada", "POST", "/changes", NEW | {"digest": letter * 64}, 201)
        return str(self.report(planned["id"], "staged", digest=letter * 64)["id"])

    def smoked(self, letter: str = "a") -> str:
        return str(self.report(self.staged(letter), "smoke", digest=letter * 64)["id"])

    def report(self, change: str, step: str, *, digest: str = DIGEST, status: int = 200, **figures: Any) -> Any:
        return self.call("pipeline", "POST", f"/changes/{change}/steps", report(step, digest, **figures), status)

    def prove(self, change: str) -> None:
        for step in ("staged", "smoke", "load_snapshot"):
            self.call("pipeline", "POST", f"/changes/{change}/steps", report(step, DIGEST))


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
    done = api.call("pipeline", "POST", f"/changes/{change}/steps", report("verified", DIGEST))
    assert (done["state"], done["gates"], done["approval"]["by"]) == ("verified", [], "grace")
    figures = api.call("alan", "GET", "/delivery?days=10")
    assert is_described(figures, DoraView)
    assert (figures["deployments"], figures["per_day"], figures["failure_rate"]) == (1, 0.1, 0.0)
    assert figures["lead_time_seconds"] >= 5 * 3600
    assert figures["weeks"][0]["start"] == figures["start"]
    assert sum(week["deployments"] for week in figures["weeks"]) == 1
    assert {item["detail_type"] for item in waiting(api.services.table)} == {"DeploymentChanged"}


@pytest.mark.parametrize("step", ["staged", "smoke", "load_snapshot", "verified"])
def test_a_persons_word_proves_nothing_and_the_refusal_says_whose_does(api: Api, step: str) -> None:
    planned = api.call("ada", "POST", "/changes", NEW, 201)
    for person in ("ada", "grace", "alan"):
        refused = api.call(person, "POST", f"/changes/{planned['id']}/steps", report(step, DIGEST), 403)
        assert refused["detail"].startswith("this takes the delivery pipeline's token; you have P09-")
    assert api.call("ada", "GET", f"/changes/{planned['id']}")["state"] == "planned"


def test_a_smoke_test_passes_by_its_checks_and_not_by_saying_so(api: Api) -> None:
    change = api.staged()
    for missing in ([], checks()[1:]):
        refused = api.report(change, "smoke", status=422, checks=missing)
        assert refused["errors"][0]["pointer"] == "#/checks"
    failed = api.report(change, "smoke", checks=checks(canary="failed"))
    assert (failed["state"], failed["story"][-1]["why"]) == ("rejected", "smoke failed: canary: canary answered")


def test_a_smoke_test_that_failed_where_it_ran_is_not_saved_by_its_checks(api: Api) -> None:
    failed = api.report(api.staged(), "smoke", passed=False, why="the runner was stopped", checks=checks())
    assert (failed["state"], failed["story"][-1]["why"]) == ("rejected", "smoke failed: the runner was stopped")


def test_a_load_snapshot_is_held_against_the_limits_and_the_last_one_that_passed(api: Api) -> None:
    change = api.smoked()
    assert api.report(change, "load_snapshot", status=422, snapshot=None)["errors"][0]["pointer"] == "#/snapshot"
    passed = api.report(change, "load_snapshot", snapshot=snapshot(p95=40, at=datetime.now(UTC) - timedelta(seconds=5)))
    proof = next(gate for gate in passed["gates"] if gate["name"] == "load_snapshot")
    assert (proof["open"], proof["run"]) == (True, "7")
    assert proof["url"] == "https://github.com/acme/shop/actions/runs/7"
    assert "p95 40 ms" in proof["why"]
    slower = api.report(api.smoked("b"), "load_snapshot", digest="b" * 64, snapshot=snapshot(p95=140))
    assert slower["state"] == "rejected"
    assert "p95 140 ms, was 40 ms" in slower["story"][-1]["why"]
    errors = api.report(api.smoked("e"), "load_snapshot", digest="e" * 64, snapshot=snapshot(failed=9))
    assert "error rate 3.00%" in errors["story"][-1]["why"]


def test_a_load_of_fewer_requests_than_are_due_proves_nothing(api: Api) -> None:
    few = {"requests": 3, "failed": 0, "p50": 1.0, "p95": 2.0, "p99": 2.0}
    failed = api.report(api.smoked(), "load_snapshot", snapshot=snapshot(all=few))
    assert (failed["state"], failed["story"][-1]["why"]) == (
        "rejected",
        "load_snapshot failed: 3 of 300 requests were made",
    )


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"per_second": 1, "seconds": 300}, "#/snapshot/per_second"),
        ({"at": stamp(NOW - timedelta(hours=1))}, "#/snapshot/at"),
        ({"at": stamp(NOW + timedelta(hours=1))}, "#/snapshot/at"),
        ({"all": {"requests": 1, "failed": 2, "p50": 0, "p95": 0, "p99": 0}}, "#/snapshot/all"),
    ],
)
def test_a_load_snapshot_of_something_else_is_refused(api: Api, wrong: dict[str, Any], pointer: str) -> None:
    refused = api.report(api.smoked(), "load_snapshot", status=422, snapshot=snapshot() | wrong)
    assert refused["errors"][0]["pointer"] == pointer


def test_a_demo_is_marked_for_ever_counts_in_no_figure_and_is_compared_with_by_nothing(api: Api) -> None:
    change = api.call("ada", "POST", "/changes", NEW | {"demo": True}, 201)["id"]
    api.prove(change)
    api.call("grace", "POST", f"/changes/{change}/approve")
    api.call("ada", "POST", f"/changes/{change}/promote", {"digest": DIGEST})
    shown = api.report(change, "verified", passed=False)
    assert (shown["state"], shown["demo"]) == ("rolled_back", True)
    figures = api.call("alan", "GET", "/delivery?days=10")
    assert (figures["deployments"], figures["failure_rate"]) == (0, None)
    assert {json.loads(str(one["detail"]))["title"] for one in waiting(api.services.table)} == {"Faster funnels (demo)"}
    assert api.services.load_snapshots.last(snapshot()["address"]) is None


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
    api.prove(planned["id"])
    assert "author" in api.call("grace", "POST", f"/changes/{planned['id']}/approve", status=403)["detail"]
    api.call("ada", "POST", f"/changes/{planned['id']}/approve", status=403)


def test_who_committed_to_it_does_not_approve_it(api: Api) -> None:
    named = NEW | {"committers": ["grace@example.com", "hopper@example.com"]}
    planned = api.call("ada", "POST", "/changes", named, 201)
    assert planned["committers"] == named["committers"]
    api.prove(planned["id"])
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
    api.prove(planned["id"])
    refused = api.call("grace as hopper", "POST", f"/changes/{planned['id']}/approve", status=403)
    assert refused["detail"] == "hopper is the change's author: somebody else has to approve it"
    approved = api.call("alan as grace", "POST", f"/changes/{planned['id']}/approve")
    assert (approved["author"], approved["approval"]["by"], approved["own"]) == ("grace", "grace", [])


def test_another_artefact_is_named_as_the_field_to_mend(api: Api) -> None:
    change = api.proved()
    refused = api.call("pipeline", "POST", f"/changes/{change}/steps", report("verified", "b" * 64), 422)
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
