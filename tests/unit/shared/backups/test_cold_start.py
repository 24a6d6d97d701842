"""Functions are started afresh by a change of their configuration, and asked from their new environments."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from shared.backups.cold_start import ColdStart
from shared.backups.drill import Drill, NotYet, StepFailed
from shared.backups.functions import Function, Functions
from shared.backups.steps import Task
from shared.backups.store import DrillStore, Step
from tests.memory_table import MemoryTable

SESSION = boto3.Session("key", "secret", region_name="eu-central-1")
ID = "restore-20261129T120000Z"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
TASK = Task(
    drill=Drill(id=ID, kind="restore", status="running", started_by="ada", started_at=NOW, reason="x"),
    progress={}, save=lambda _: None,
)  # fmt: skip
API = Function(name="p09-prod-api", alias="live", asked={"rawPath": "/health/db"})
MIGRATE = Function(name="p09-prod-migrate")


class Lambda:
    """Every answer and every request is checked against Lambda's own model."""

    def __init__(self) -> None:
        self.client = SESSION.client("lambda", config=Config(retries={"total_max_attempts": 1}))
        self.stub = Stubber(self.client)
        self.store = DrillStore(MemoryTable())
        step = Step(name="put in place", started_at=NOW.isoformat(), result={"owner_secret": "arn:new"})
        self.store.write_step(ID, step)

    def start(self, *functions: Function) -> dict[str, Any]:
        return ColdStart(Functions(self.client, functions), self.store).act(TASK)

    def has(
        self, function: Function, variables: dict[str, str], *, alias: str = "", status: str = "Successful"
    ) -> None:
        asked = {"FunctionName": function.name} | ({"Qualifier": alias} if alias else {})
        found = {"Environment": {"Variables": variables}, "LastUpdateStatus": status}
        self.stub.add_response("get_function_configuration", found, asked)

    def updated(self, function: Function, variables: dict[str, str]) -> None:
        asked = {"FunctionName": function.name, "Environment": {"Variables": variables}}
        self.stub.add_response("update_function_configuration", {}, asked)

    def answers(self, function: Function, payload: object, **fields: Any) -> None:
        asked = {"FunctionName": function.name, "Payload": json.dumps(function.asked).encode()} | (
            {"Qualifier": function.alias} if function.alias else {}
        )
        body = io.BytesIO(json.dumps(payload).encode())
        self.stub.add_response("invoke", {"Payload": body, **fields}, asked)


@pytest.fixture
def functions() -> Iterator[Lambda]:
    found = Lambda()
    with found.stub:
        yield found
        found.stub.assert_no_pending_responses()


def test_a_function_learns_its_restore_and_where_the_owner_s_password_is_now(functions: Lambda) -> None:
    functions.has(MIGRATE, {"STAGE": "prod", "POSTGRES_ADMIN_SECRET_ARN": "arn:old"})
    functions.updated(MIGRATE, {"STAGE": "prod", "POSTGRES_ADMIN_SECRET_ARN": "arn:new", "RESTORE": ID})
    with pytest.raises(NotYet, match=MIGRATE.name):
        functions.start(MIGRATE)
    fresh = {"STAGE": "prod", "POSTGRES_ADMIN_SECRET_ARN": "arn:new", "RESTORE": ID}
    functions.has(MIGRATE, fresh, status="InProgress")
    with pytest.raises(NotYet):
        functions.start(MIGRATE)
    functions.has(MIGRATE, fresh)
    assert functions.start(MIGRATE) == {"started_afresh": [MIGRATE.name], "answers": {}}


def test_an_alias_is_moved_to_a_new_version_before_anybody_is_asked(functions: Lambda) -> None:
    functions.has(API, {"RESTORE": ID})
    functions.has(API, {}, alias="live")
    functions.stub.add_response("publish_version", {"Version": "8"}, {"FunctionName": API.name})
    moved = {"FunctionName": API.name, "Name": "live", "FunctionVersion": "8"}
    functions.stub.add_response("update_alias", {}, moved)
    with pytest.raises(NotYet):
        functions.start(API)
    functions.has(API, {"RESTORE": ID})
    functions.has(API, {"RESTORE": ID}, alias="live")
    functions.answers(API, {"statusCode": 200, "body": "ok"})
    assert '"statusCode": 200' in functions.start(API)["answers"][API.name]


@pytest.mark.parametrize(("payload", "fields"), [
    ({"statusCode": 503, "body": "password authentication failed"}, {}),
    ({"errorMessage": "password authentication failed"}, {"FunctionError": "Unhandled"}),
])  # fmt: skip
def test_a_function_that_can_not_log_in_ends_the_promotion(
    functions: Lambda, payload: dict[str, Any], fields: dict[str, str]
) -> None:
    functions.has(API, {"RESTORE": ID})
    functions.has(API, {"RESTORE": ID}, alias="live")
    functions.answers(API, payload, **fields)
    with pytest.raises(StepFailed, match="password authentication failed"):
        functions.start(API)


@pytest.mark.parametrize(
    ("code", "error"), [("ResourceConflictException", NotYet), ("AccessDeniedException", StepFailed)]
)
def test_who_is_being_changed_is_waited_for_and_a_missing_permission_is_not(
    functions: Lambda, code: str, error: type[Exception]
) -> None:
    functions.stub.add_client_error("get_function_configuration", code)
    with pytest.raises(error, match=code):
        functions.start(API)
