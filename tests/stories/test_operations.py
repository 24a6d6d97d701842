"""An outage of PostgreSQL and Valkey, as operations and customers see it; and a day of the runbook, played."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from local.api import Api
from local.state import ROOT
from tests.e2e.local_system import LocalSystem, until
from tests.e2e.test_failures import held_down
from tests.e2e.test_kpis import token

INTERVAL = 60  # of the probe, seconds
TASKS = {
    "health_check",
    "error_budget_review",
    "redis_memory",
    "backup_verification",
    "pipeline_review",
    "evidence_export",
}


@pytest.fixture
def sre(system: LocalSystem) -> Api:
    return Api(system.url, token(system))


@pytest.fixture
def nothing_open(system: LocalSystem, sre: Api) -> None:
    """Other tests disturb the system: what they opened is resolved, and the probe finds it well."""
    system.settle()
    for one in open_incidents(sre):
        sre.post(f"/v1/incidents/{one['id']}/resolve", {"note": "opened by another test", "although_failing": True})
    until(lambda: open_incidents(sre) == [], "nothing open")


def test_an_outage_is_one_incident_told_once_and_shown_on_the_status_page(
    system: LocalSystem, sre: Api, nothing_open: None
) -> None:
    until(lambda: summary(system)["status"]["indicator"] == "none", "a green status page", 2 * INTERVAL)
    before = len(messages(system))
    with held_down(system, "postgres"), held_down(system, "valkey"):
        until(lambda: len(open_incidents(sre)) == 1, "an incident", 2 * INTERVAL)
        [incident] = open_incidents(sre)
        until(lambda: bool(told(system, before, incident["id"])), "a message in Slack")
        until(lambda: summary(system)["incidents"] != [], "the incident on the status page", INTERVAL)
        shown = summary(system)
        assert shown["status"]["indicator"] in {"major", "critical"}
        assert [one["status"] for one in shown["incidents"]] == ["investigating"]
        assert "text/html" in status_page(system, "/").headers["content-type"]
        assert [one["id"] for one in open_incidents(sre)] == [incident["id"]]
        # Whoever speaks first, an alarm or the probe: what the probe finds belongs to the same incident.
        until(lambda: components(sre, incident) >= {"analytics", "collection"}, "the probe's findings", 2 * INTERVAL)
        assert incident["customer_impacting"]
        assert [one["id"] for one in open_incidents(sre)] == [incident["id"]]
    system.settle()
    until(lambda: state(sre, incident) == "monitoring", "the incident is monitored", 3 * INTERVAL)
    tick(system, datetime.now(UTC) + timedelta(minutes=10))
    until(lambda: state(sre, incident) == "resolved", "the incident is resolved")
    until(lambda: len(told(system, before, incident["id"])) >= 3, "three messages")
    until(lambda: summary(system)["status"]["indicator"] == "none", "the status page is green again", INTERVAL)
    texts = [message["text"] for message in told(system, before, incident["id"])]
    states = [text.partition("State: ")[2].splitlines()[0] for text in texts]
    assert states == ["investigating", "monitoring", "resolved"], texts


def test_a_played_day_runs_every_task_with_evidence_and_misses_the_one_without_a_schedule(
    system: LocalSystem, sre: Api
) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    day_before = (yesterday - timedelta(days=1)).isoformat()
    assert play(system, day_before)["failures"] == []
    table = {task["id"]: task for task in sre.get("/v1/runbook", date=day_before)["tasks"]}
    assert set(table) >= TASKS
    for name in TASKS:
        assert table[name]["state"] in {"passed", "failed", "unconfigured"}, table[name]
        assert table[name]["run"]["why"], table[name]
    with without_schedule(system, "p09-local-redis-memory"):
        play(system, yesterday.isoformat())
        tasks = sre.get("/v1/runbook", date=yesterday.isoformat())["tasks"]
        assert [task["id"] for task in tasks if task["state"] == "missed"] == ["redis_memory"]
        until(
            lambda: "task:redis_memory" in [cause for one in open_incidents(sre) for cause in one["causes"]],
            "an incident",
        )


def open_incidents(api: Api) -> list[dict[str, Any]]:
    """All but the one that says that there were too many: these tests alone may reach a quarter's number."""
    found: list[dict[str, Any]] = api.get("/v1/incidents", state="open")["incidents"]
    return [one for one in found if one["causes"] != ["kpi:incidents"]]


def state(api: Api, incident: dict[str, Any]) -> str:
    return str(api.get(f"/v1/incidents/{incident['id']}")["state"])


def components(api: Api, incident: dict[str, Any]) -> set[str]:
    return set(api.get(f"/v1/incidents/{incident['id']}")["components"])


def messages(system: LocalSystem) -> list[dict[str, Any]]:
    found = httpx2.get(f"{system.facts['slack_url']}/messages.json", trust_env=False).json()
    listed: list[dict[str, Any]] = found["messages"] if isinstance(found, dict) else found
    return listed


def told(system: LocalSystem, before: int, incident: str) -> list[dict[str, Any]]:
    """What Slack's stand-in was told of an incident since; its review, of which there is a message as well, is another."""
    new = [one for one in messages(system)[before:] if one["channel"] == "#incidents" and incident in json.dumps(one)]
    return [one for one in new if "State: " in one["text"]]


def status_page(system: LocalSystem, path: str) -> httpx2.Response:
    port = system.configuration.front_door_port
    answer = httpx2.get(f"{system.url}{path}", headers={"host": f"status.localhost:{port}"}, trust_env=False)
    answer.raise_for_status()
    return answer


def summary(system: LocalSystem) -> dict[str, Any]:
    found: dict[str, Any] = status_page(system, "/api/v2/summary.json").json()
    return found


def tick(system: LocalSystem, at: datetime) -> None:
    event = {"task": "incident_responder", "scheduled_time": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    answer = system.aws("lambda").invoke(FunctionName="p09-local-incident-responder", Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()


def play(system: LocalSystem, date: str) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "scripts.p09.main",
        *system.options,
        "day",
        "--date",
        date,
        "--thin",
        "60",
        "--json",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def without_schedule(system: LocalSystem, name: str) -> Iterator[None]:
    """Deleted, and made again as it was."""
    client = system.aws("scheduler")
    kept = client.get_schedule(Name=name)
    client.delete_schedule(Name=name)
    try:
        yield
    finally:
        asked = ("Name", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
        client.create_schedule(**{key: kept[key] for key in asked})
