"""The functions as Lambda runs them: their handlers on a real PostgreSQL and AWS in moto."""

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from moto import mock_aws

from shared.audit.chain import OPERATIONS, Entry, Verifier
from shared.audit.pending import leave
from shared.audit.store import Filter, page, record, verify_rows
from shared.credentials.lease import Lease, new_id, new_password
from shared.credentials.store import LeaseStore
from shared.platform.aws import signed
from shared.platform.aws.dynamodb import Put, Table, signed_call
from shared.platform.outbox import waiting
from shared.platform.settings import aws_settings
from shared.rotation.rotation import RotationRefused
from shared.runbook.load import the_runbook
from tests.conftest import PASSWORDS, MigratedDatabase
from tests.integration.access.aws import NAME, REGION
from tests.integration.access.test_database_credentials import drop_all
from tests.integration.access.test_rotation import drop_alternates

SERVICES = {"DynamoDB_20120810": "dynamodb", "secretsmanager": "secretsmanager"}
BUCKET = "p09-test-audit"
API_SECRET = "p09-test-postgres-api"


class Context:
    """Of an invocation whose time is nearly over."""

    def get_remaining_time_in_millis(self) -> int:
        return 20_000


@dataclass
class Account:
    migrated: MigratedDatabase
    table: Table
    clients: dict[str, Any]

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        return importlib.import_module(f"functions.{function}.handler").handler(event, Context())

    def lease(self, **changes: Any) -> Lease:
        from shared.credentials.credentials import DatabaseCredentials

        now = datetime.now(UTC)
        usual: dict[str, Any] = {
            "id": new_id(now), "by": "dee", "subject": "1", "reason": "slow query", "access": "read",
            "issued_at": now, "expires_at": now + timedelta(seconds=1),
        }  # fmt: skip
        entry = Entry(organisation_id=OPERATIONS, actor="person:dee", action="x", subject="y")
        credentials = DatabaseCredentials(self.migrated.database("p09_api"), LeaseStore(self.table))
        return credentials.issue(Lease(**(usual | changes)), new_password(), entry)

    def details(self, kind: str) -> list[Any]:
        return [json.loads(str(item["detail"])) for item in waiting(self.table) if item["detail_type"] == kind]


@pytest.fixture
def account(migrated: MigratedDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    address = migrated.address
    environment = {
        "STAGE": "test", "POSTGRES_HOST": address.host, "POSTGRES_PORT": str(address.port),
        "POSTGRES_DATABASE": address.database, "POSTGRES_TLS_CA": "", "POSTGRES_SECRET_ARN": API_SECRET,
        "POSTGRES_ADMIN_SECRET_ARN": "admin", "OPERATIONS_TABLE_NAME": NAME, "AUDIT_BUCKET_NAME": BUCKET,
        "VALKEY_HOST": "", "VALKEY_PORT": "0", "VALKEY_TLS": "", "VALKEY_SECRET_ARN": "", "VALKEY_USER_ID": "",
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION,
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        clients = {name: boto3.client(name, REGION) for name in ("dynamodb", "secretsmanager", "s3")}
        prepare(clients)
        monkeypatch.setattr(signed, "_post", post(clients))
        yield Account(migrated, Table(signed_call(aws_settings), NAME), clients)
    close_databases()
    drop_all(migrated.server)
    drop_alternates(migrated)


def prepare(clients: dict[str, Any]) -> None:
    clients["dynamodb"].create_table(
        TableName=NAME,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    for name, role in (("admin", "p09_admin"), (API_SECRET, "p09_api")):
        login = {"username": role, "password": PASSWORDS[role]}
        clients["secretsmanager"].create_secret(Name=name, SecretString=json.dumps(login))
    for name, secret in the_runbook().secrets.items():
        if secret.stored and name != "postgres-api":
            clients["secretsmanager"].create_secret(Name=f"p09-test-{name}", SecretString="{}")
    clients["s3"].create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)


def post(clients: dict[str, Any]) -> Any:
    def act(_scheme: str, _host: str, payload: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        prefix, _, operation = headers["x-amz-target"].partition(".")
        body = json.loads(payload)
        if operation == "GetSecretValue" and "VersionId" not in body:
            body.setdefault("VersionStage", "AWSCURRENT")  # the default in AWS; moto's is the version that was put last
        try:
            found = getattr(clients[SERVICES[prefix]], xform_name(operation))(**body)
        except ClientError as error:
            return 400, json.dumps({"__type": error.response["Error"]["Code"], **error.response}, default=str).encode()
        return 200, json.dumps(found, default=plain).encode()

    return act


def plain(value: object) -> Any:
    """AWS writes moments as seconds."""
    return value.timestamp() if isinstance(value, datetime) else str(value)


def close_databases() -> None:
    """Handlers keep their connection, and their settings, for as long as their environment lives."""
    for name in [name for name in sys.modules if name.startswith("functions.") and name.endswith(".handler")]:
        module = sys.modules.pop(name)
        for attribute in ("database", "admin"):
            with suppress(AttributeError):
                getattr(module, attribute).close()


def test_credential_expiry_waits_for_what_ends_soon(account: Account) -> None:
    soon, later = account.lease(), account.lease(expires_at=datetime.now(UTC) + timedelta(hours=1))

    report = account.invoke("credential_expiry", {"task": "credential_expiry"})

    assert (report["ended"], report["waiting"]) == ((soon.id,), ())
    assert datetime.now(UTC) >= soon.expires_at
    assert [lease.id for lease in LeaseStore(account.table).all_open()] == [later.id]
    assert [one["credential"] for one in account.details("DatabaseCredentialEnded")] == [soon.id]


def test_credential_reconciliation_leaves_a_run_record_and_fails_on_a_difference(account: Account) -> None:
    event = {"task": "credential_reconciliation", "scheduled_time": "2026-11-24T22:00:00Z"}
    assert account.invoke("credential_reconciliation", event)["verdict"] == "passed"
    with account.migrated.server.connect_as_superuser() as superuser:
        superuser.run("create role eve login")
    try:
        report = account.invoke("credential_reconciliation", event | {"scheduled_time": "2026-11-25T22:00:00Z"})
    finally:
        with account.migrated.server.connect_as_superuser() as superuser:
            superuser.run("drop role eve")

    assert report["verdict"] == "failed"
    [told] = account.details("TaskFailed")
    assert "eve: nobody of this system made it" in told["why"]
    assert [one["role"] for one in account.details("DatabaseRoleUnexpected")] == ["eve"]


def test_a_secret_that_was_not_rotated_in_time_fails_the_daily_task(account: Account) -> None:
    def verdict(days: int) -> str:
        at = (datetime.now(UTC) + timedelta(days=days, minutes=1)).replace(microsecond=0)  # days that are over
        event = {"task": "credential_reconciliation", "scheduled_time": at.isoformat()}
        return str(account.invoke("credential_reconciliation", event)["verdict"])

    assert (verdict(96), verdict(98)) == ("passed", "failed")
    [told] = account.details("TaskFailed")
    assert "The secret postgres-api: is 98 days old." in told["why"]


def test_audit_anchor_writes_an_object_an_hour_and_finds_what_was_altered(account: Account) -> None:
    with account.migrated.database("p09_api").transaction([OPERATIONS]) as connection:
        for number in range(3):
            record(connection, Entry(organisation_id=OPERATIONS, actor="person:ada", action="a", subject=f"s/{number}"))
    event = {"task": "audit_anchor", "scheduled_time": "2026-11-24T12:07:00Z"}
    assert account.invoke("audit_anchor", event) == {
        "key": "heads/2026-11-24T120700Z.json", "chains": 1, "verified": 3, "findings": 0,
    }  # fmt: skip
    with account.migrated.server.connect_as_superuser(account.migrated.name) as superuser:
        superuser.run("alter table audit disable trigger append_only")
        superuser.run("delete from audit where sequence = 3")

    played = event | {"scheduled_time": "2026-11-23T09:07:00Z", "played": True}
    assert account.invoke("audit_anchor", played)["outcome"] == "played"

    report = account.invoke("audit_anchor", event | {"scheduled_time": "2026-11-24T13:07:00Z"})

    assert report["findings"] > 0
    [told] = account.details("AuditAltered")
    assert "row 3: missing" in told["why"]
    objects = account.clients["s3"].list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [one["Key"] for one in objects] == ["heads/2026-11-24T120700Z.json", "heads/2026-11-24T130700Z.json"]


def test_what_was_done_without_postgresql_is_in_the_trail_once_it_is_back(account: Account) -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    entries = [
        Entry(organisation_id=OPERATIONS, actor="person:sam", action="incident.resolve", subject=f"incident/{n}",
              before={"state": "monitoring"}, reason="it works again")
        for n in range(3)
    ]  # fmt: skip
    for n, entry in enumerate(entries):
        account.table.write([Put(item={"pk": "incident", "sk": str(n)}), leave(entry, at + timedelta(seconds=n))])
    with account.migrated.database("p09_api").transaction([OPERATIONS]) as connection:
        record(connection, replace(entries[0], after={"done_at": "2026-11-24T12:00:00Z"}))  # a run that died after it

    assert account.invoke("audit_anchor", {"task": "audit_pending"}) == {"written": 3}
    assert account.invoke("audit_anchor", {"task": "audit_pending"}) == {"written": 0}

    with account.migrated.database("p09_api").transaction([OPERATIONS]) as connection:
        rows = page(connection, OPERATIONS, Filter())
        verifier = Verifier(OPERATIONS)
        assert verify_rows(connection, verifier, limit=100)
    assert [row.subject for row in rows] == ["incident/2", "incident/1", "incident/0"]
    after = '{"done_at":"2026-11-24T12:00:02.000000Z","outcome":"done"}'
    assert (rows[0].after, rows[0].reason) == (after, "it works again")
    assert verifier.findings == []


def test_secret_rotation_takes_the_steps_of_secrets_manager_and_all_of_them_on_demand(account: Account) -> None:
    version = "11111111-2222-3333-4444-555555555555"
    arn = account.clients["secretsmanager"].describe_secret(SecretId=API_SECRET)["ARN"]
    for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
        account.invoke("secret_rotation", {"SecretId": arn, "ClientRequestToken": version, "Step": step})
    assert current(account)["username"] == "p09_api_b"

    account.invoke("secret_rotation", {"rotate": "postgres-api"})

    assert current(account)["username"] == "p09_api"
    assert current(account)["password"] != PASSWORDS["p09_api"]


@pytest.mark.parametrize(("secret", "why"), [("slack", "Slack issues it"), ("admin", "knows no such secret")])
def test_a_person_is_told_why_a_secret_is_not_rotated_and_no_function_fails(
    account: Account, secret: str, why: str
) -> None:
    answer = account.invoke("secret_rotation", {"rotate": secret})
    assert why in answer["refused"]


def test_secrets_manager_sees_a_rotation_fail_that_is_none(account: Account) -> None:
    with pytest.raises(RotationRefused, match="none of the secrets"):
        account.invoke("secret_rotation", {"SecretId": "admin", "Step": "createSecret"})


def test_a_rotation_that_did_not_end_fails_the_daily_task(account: Account) -> None:
    arguments = {"SecretId": API_SECRET, "SecretString": "x", "VersionStages": ["AWSPENDING"]}
    account.clients["secretsmanager"].put_secret_value(ClientRequestToken="1" * 32, **arguments)
    at = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    event = {"task": "credential_reconciliation", "scheduled_time": at.isoformat()}
    assert account.invoke("credential_reconciliation", event)["verdict"] == "failed"
    [told] = account.details("TaskFailed")
    assert "The secret postgres-api: its rotation of" in told["why"]


def current(account: Account) -> dict[str, str]:
    text = account.clients["secretsmanager"].get_secret_value(SecretId=API_SECRET, VersionStage="AWSCURRENT")[
        "SecretString"
    ]
    found: dict[str, str] = json.loads(text)
    return found
