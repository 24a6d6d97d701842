"""Staging's functions are pointed to a restored database by a change of their configuration, and back by another."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from shared.backups.drill import Drill, Kind, NotYet, StepFailed
from shared.backups.functions import Function, Functions
from shared.backups.point_staging import Staging
from shared.backups.staging import CLOSE, may_point
from shared.backups.steps import Task
from shared.backups.store import DrillStore, Step
from shared.platform.refusals import Refusal
from shared.together.restoring.staging import PointedStaging
from tests.memory_table import MemoryTable

SESSION = boto3.Session("key", "secret", region_name="eu-central-1")
ID = "restore-20261129T120000Z"
OTHER = "restore-20261128T120000Z"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
API = Function(name="p09-prod-staging-api", asked={"rawPath": "/health/db"})
URL = "https://staging.example"
HOME = {"STAGE": "prod", "POSTGRES_HOST": "running", "POSTGRES_PORT": "15432"}
AWAY = {"STAGE": "prod", "POSTGRES_HOST": "restored", "POSTGRES_PORT": "15433", "RESTORE": ID}


def drill(kind: Kind = "restore") -> Drill:
    return Drill(id=ID, kind=kind, status="waiting for sign-off", started_by="ada", started_at=NOW, reason="x")


TASK = Task(drill=drill(), progress={}, save=lambda _: None)


def done(name: str, **result: Any) -> Step:
    return Step(name=name, started_at=NOW.isoformat(), finished_at=NOW.isoformat(), result=result)


class Lambda:
    """Every answer and every request is checked against Lambda's own model."""

    def __init__(self) -> None:
        self.client = SESSION.client("lambda", config=Config(retries={"total_max_attempts": 1}))
        self.stub = Stubber(self.client)
        self.table = MemoryTable()
        self.drills = store = DrillStore(self.table)
        store.create(drill())
        store.write_step(ID, done(CLOSE, host="restored", port=15433))
        functions = Functions(self.client, [API])
        staging = Staging(functions=functions, store=store, address=URL, host="running", port=15432)
        self.staging = PointedStaging(staging, store, self.table, lambda: NOW)

    def pointed(self) -> str:
        found = self.drills.get(ID)
        assert found
        return found.staging

    def has(self, variables: dict[str, str]) -> None:
        found = {"Environment": {"Variables": variables}, "LastUpdateStatus": "Successful"}
        self.stub.add_response("get_function_configuration", found, {"FunctionName": API.name})

    def updated(self, variables: dict[str, str]) -> None:
        asked = {"FunctionName": API.name, "Environment": {"Variables": variables}}
        self.stub.add_response("update_function_configuration", {}, asked)

    def answers(self, status: int) -> None:
        body = io.BytesIO(json.dumps({"statusCode": status}).encode())
        asked = {"FunctionName": API.name, "Payload": json.dumps(API.asked).encode()}
        self.stub.add_response("invoke", {"Payload": body}, asked)


@pytest.fixture
def functions() -> Iterator[Lambda]:
    found = Lambda()
    with found.stub:
        yield found
        found.stub.assert_no_pending_responses()


def test_staging_answers_from_the_restored_database_once_its_functions_are_configured(functions: Lambda) -> None:
    functions.has(HOME)
    functions.has(HOME)
    functions.updated(AWAY)
    with pytest.raises(NotYet, match=API.name):
        functions.staging.point(TASK)
    functions.has(AWAY)
    functions.has(AWAY)
    functions.answers(200)
    found = functions.staging.point(TASK)
    assert (found["address"], found["started_afresh"]) == (URL, [API.name])
    assert functions.pointed() == URL


def test_a_staging_that_can_not_answer_is_said_to_have_failed(functions: Lambda) -> None:
    functions.has(AWAY)
    functions.has(AWAY)
    functions.answers(503)
    with pytest.raises(StepFailed, match="can't work with the restored database"):
        functions.staging.point(TASK)


def test_staging_is_not_taken_from_another_restore(functions: Lambda) -> None:
    functions.has({**AWAY, "RESTORE": OTHER})
    with pytest.raises(StepFailed, match=OTHER):
        functions.staging.point(TASK)


def test_a_restore_that_was_promoted_long_ago_does_not_hold_staging(functions: Lambda) -> None:
    at_home = {**HOME, "RESTORE": OTHER}
    functions.has(at_home)
    functions.has(at_home)
    functions.updated(AWAY)
    with pytest.raises(NotYet):
        functions.staging.point(TASK)


def test_staging_points_back_and_the_audit_trail_says_so_once(functions: Lambda) -> None:
    functions.has(AWAY)
    functions.updated(HOME)
    with pytest.raises(NotYet):
        functions.staging.point_back(TASK)
    for _ in range(2):  # taken up again after a kill
        functions.has(HOME)
        functions.staging.point_back(TASK)
    assert functions.pointed() == ""
    left = [json.loads(str(item["entry"])) for item in functions.table.query("audit-pending")]
    assert {(one["action"], one["subject"], one["after"]["outcome"]) for one in left} == {
        ("staging pointed back", ID, "done")
    }
    assert len({one["id"] for one in left}) == 1


def test_a_staging_that_another_restore_has_taken_since_is_left_to_it(functions: Lambda) -> None:
    functions.has({**AWAY, "RESTORE": OTHER})
    functions.staging.point_back(TASK)


def test_staging_is_pointed_once_and_to_a_restore_only() -> None:
    may_point(drill())
    for found in (drill("drill"), replace(drill(), staging=URL)):
        with pytest.raises(Refusal):
            may_point(found)
