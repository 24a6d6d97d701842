import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.platform.outbox import waiting
from shared.runbook.run import Finding, Occasion, Verdict
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore
from shared.runbook.view import RunbookDay, RunList, RunSummary, RunView
from tests.memory_table import MemoryTable
from tests.operations_api import Caller, ServersDown
from tests.views import is_described

DAY = datetime(2026, 11, 23, tzinfo=UTC)
NOON = DAY + timedelta(hours=12)
FOUND = Finding(
    verdict=Verdict.FAILED, why="81% used.", measured={"used": 0.81}, thresholds={"below": 0.7},
    inputs={"info": "sha256:0"}, links={"console": "https://app.example.com"},
)  # fmt: skip


class Runbook(Caller):
    def __init__(self) -> None:
        self.table = MemoryTable()
        self.store = RunStore(self.table)
        super().__init__(TestClient(create_app(ServersDown(operations=self.table))))

    def task(self, name: str, day: str = "2026-11-23") -> Any:
        return next(task for task in self.get("/v1/runbook", date=day)["tasks"] if task["id"] == name)

    def ran(self, at: datetime, finding: Finding = FOUND) -> None:
        event = {"task": "redis_memory", "scheduled_time": at.isoformat()}
        run_task(self.store, event, lambda _now: finding, remaining=timedelta(minutes=1), clock=lambda: at)


@pytest.fixture
def api() -> Runbook:
    return Runbook()


def test_the_table_is_the_seeds_with_the_days_state(api: Runbook) -> None:
    api.ran(NOON)
    found = api.get("/v1/runbook", date="2026-11-23")
    assert [task["id"] for task in found["tasks"] if task["hour"] >= 12] == [
        "redis_memory", "backup_verification", "pipeline_review",
    ]  # fmt: skip
    task = api.task("redis_memory")
    assert (task["state"], task["due_at"], task["responsible"]) == (
        "failed", "2026-11-23T12:00:00Z", "Backend Engineer",
    )  # fmt: skip
    assert task["run"]["why"] == "81% used."
    assert "measured" not in task["run"]
    assert "kpi_evaluation" in {schedule["id"] for schedule in found["schedules"]}


def test_the_runbooks_components_can_be_chosen_from(api: Runbook) -> None:
    found = api.get("/v1/runbook", date="2026-11-23")["components"]
    assert [one["id"] for one in found] == ["console", "collection", "analytics"]
    assert found[0] == {
        "id": "console", "title": "Console", "description": "Signing in and looking at dashboards",
    }  # fmt: skip


def test_a_day_without_a_record_is_not_called_good(api: Runbook) -> None:
    api.store.watch_since(DAY)
    task = api.task("redis_memory")
    assert (task["state"], task["hint"]) == ("no record", "Did not run (due 12:00). Not checked yet")
    assert api.task("redis_memory", "2999-11-23")["state"] == "upcoming"


def test_a_run_by_hand_is_listed_and_never_stands_for_the_scheduled_one(api: Runbook) -> None:
    api.store.watch_since(DAY)
    today = datetime.now(UTC).date().isoformat()
    asked = api.post("/v1/runbook/tasks/redis_memory/runs", {"reason": " after the restart "}, 202)
    assert (asked["state"], asked["by"], asked["reason"]) == ("requested", "ada", "after the restart")
    task = api.task("redis_memory", today)
    assert task["state"] in {"upcoming", "due", "no record"}
    assert (task["run"], task["manual_runs"]) == (None, [asked])
    (event,) = waiting(api.table)
    assert event["detail_type"] == "TaskRequested"
    assert api.get(f"/v1/runbook/tasks/redis_memory/runs/{asked['id']}")["state"] == "requested"


def test_runs_are_paged_newest_first(api: Runbook) -> None:
    for number in range(5):
        api.ran(NOON + timedelta(days=number))
    path = "/v1/runbook/tasks/redis_memory/runs"
    first = api.get(path, limit=3)
    second = api.get(path, limit=3, cursor=first["next_cursor"])
    found = [run["scheduled_for"] for run in (*first["runs"], *second["runs"])]
    assert found == sorted(found, reverse=True)
    assert (len(found), second["next_cursor"]) == (5, None)


def test_a_run_is_shown_with_its_evidence(api: Runbook) -> None:
    api.ran(NOON)
    found = api.get("/v1/runbook/tasks/redis_memory/runs/redis_memory-20261123T120000Z")
    assert (found["measured"], found["thresholds"], found["inputs"]) == (
        {"used": 0.81}, {"below": 0.7}, {"info": "sha256:0"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "parameters", "status", "says"),
    [
        ("/v1/runbook", {"date": "yesterday"}, 422, "date"),
        ("/v1/runbook", {"date": "0001-01-01"}, 422, "years 2000 to 2999"),
        ("/v1/runbook/tasks/tea/runs", {}, 404, "tea is not a task of the runbook: .*health_check"),
        ("/v1/runbook/tasks/redis_memory/runs", {"cursor": "x"}, 422, "cursor"),
        ("/v1/runbook/tasks/redis_memory/runs", {"cursor": "health_check-20261123T020000Z"}, 422, "not a run of"),
        ("/v1/runbook/tasks/tea/runs/tea-20261123T120000Z", {}, 404, "tea is not a task"),
        ("/v1/runbook/tasks/redis_memory/runs/redis_memory-20261123T120000Z", {}, 404, "there is none yet"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(
    api: Runbook, path: str, parameters: dict[str, str], status: int, says: str
) -> None:
    assert re.search(says, api.get(path, status, **parameters)["detail"])


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "a\x00b"}, {"reason": "x", "by": "eve"}]
)
def test_a_request_needs_a_reason_and_takes_nothing_else(api: Runbook, body: dict[str, Any]) -> None:
    problem = api.post("/v1/runbook/tasks/redis_memory/runs", body, 422)
    assert problem["errors"][0]["pointer"].startswith("#/")
    assert not api.table.items


def test_asked_for_twice_in_a_second_it_runs_once(api: Runbook) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    for second in range(3):  # the request may fall into any of these
        occasion = Occasion(task="redis_memory", scheduled_for=now + timedelta(seconds=second), kind="manual")
        api.store.request(occasion)
    problem = api.post("/v1/runbook/tasks/redis_memory/runs", {"reason": "impatience"}, 409)
    assert problem["run"].startswith("redis_memory-")


def test_answers_are_what_the_description_promises(api: Runbook) -> None:
    api.ran(NOON)
    runs = "/v1/runbook/tasks/redis_memory/runs"
    answers: list[tuple[type[Any], Any]] = [
        (RunbookDay, api.get("/v1/runbook", date="2026-11-23")), (RunList, api.get(runs)),
        (RunView, api.get(f"{runs}/redis_memory-20261123T120000Z")),
        (RunSummary, api.post(runs, {"reason": "to see the answer"}, 202)),
    ]  # fmt: skip
    for model, found in answers:
        assert is_described(found, model)
