"""Database logins of the deployed system really end, what should not be there is found, and the trail tells all of it."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from local import postgres
from local.api import Api, Refused
from local.customers import operations_token
from local.stacks import outputs
from local.tls_proxy.authority import Papers
from shared.audit.chain import OPERATIONS
from shared.platform.moments import stamp
from tests.e2e.local_system import LocalSystem, superuser, until
from tests.e2e.test_command_line import p09
from tests.e2e.test_failures import held_down

PATH = "/v1/access/database-credentials"
ENDS_WITHIN = 5  # seconds, from the end or from PostgreSQL's coming back
GONE = (DatabaseError, InterfaceError, OSError)


@pytest.fixture
def dba(system: LocalSystem) -> Api:
    return caller(system, "P09-DBA")


@pytest.fixture
def login(system: LocalSystem, dba: Api) -> dict[str, Any]:
    made: dict[str, Any] = dba.post(PATH, {"reason": "an end-to-end test", "duration_seconds": 600})
    return made


@pytest.fixture
def session(system: LocalSystem, login: dict[str, Any]) -> Iterator[Connection]:
    connection = connect(system, login)
    yield connection
    with suppress(*GONE):
        connection.close()


def caller(system: LocalSystem, role: str) -> Api:
    return Api(system.url, operations_token(system.facts, role))


def connect(system: LocalSystem, login: dict[str, Any]) -> Connection:
    """As a DBA does: by TLS, and only to whom the system's authority vouches for."""
    where = {name: login[name] for name in ("host", "port", "database", "password")}
    trusted = ssl.create_default_context(cafile=Papers(system.state.papers).authority)
    return Connection(login["role"], **where, timeout=10, ssl_context=trusted)


def is_gone(system: LocalSystem, role: str) -> bool:
    """No session of it and no such role."""
    with superuser(system) as connection:
        return not connection.run(
            "select from pg_roles where rolname = :role union all select from pg_stat_activity where usename = :role",
            role=role,
        )


def expire(system: LocalSystem, login: dict[str, Any], seconds: float) -> datetime:
    """Bring the end of a lease forward, and its minute with it: logins for less than a minute are not given out."""
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    system.aws("dynamodb").update_item(
        TableName=outputs(system.configuration)["OperationsTableName"],
        Key={"pk": {"S": "database-credentials"}, "sk": {"S": login["id"]}},
        UpdateExpression="set expires_at = :end",
        ExpressionAttributeValues={":end": {"S": stamp(end)}},
    )
    run(system, "credential-expiry", wait=False)
    return end


def run(system: LocalSystem, function: str, *, wait: bool = True, **event: Any) -> Any:
    answer = system.aws("lambda").invoke(
        FunctionName=f"p09-local-{function}",
        InvocationType="RequestResponse" if wait else "Event",
        Payload=json.dumps(event),
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.loads(answer["Payload"].read() or b"null") if wait else None


def trail(api: Api, subject: str) -> list[str]:
    return [row["action"] for row in api.get("/v1/audit", subject=subject)["rows"]]


def test_an_open_session_ends_on_demand_and_the_trail_tells_both(
    system: LocalSystem, dba: Api, login: dict[str, Any], session: Connection
) -> None:
    assert session.run("select count(*) >= 0 from organisations") == [[True]]
    assert dba.delete(f"{PATH}/{login['id']}")["state"] == "ended"
    with pytest.raises(GONE):
        session.run("select 1")
    assert is_gone(system, login["role"])
    with pytest.raises(GONE):
        connect(system, login)
    ended, issued = trail(caller(system, "P09-Auditor"), f"database-credential/{login['id']}")
    assert (issued, ended) == ("database-credential.issue", "database-credential.end")


def test_an_open_session_ends_by_the_clock(system: LocalSystem, login: dict[str, Any], session: Connection) -> None:
    end = expire(system, login, 4)
    assert session.run("select 1") == [[1]]
    until(lambda: is_gone(system, login["role"]), "the login's end", 60)
    assert datetime.now(UTC) - end < timedelta(seconds=ENDS_WITHIN)
    with pytest.raises(GONE):
        session.run("select 1")


def test_a_login_ends_although_its_issuer_was_killed_and_postgresql_was_down(
    system: LocalSystem, dba: Api, login: dict[str, Any], session: Connection
) -> None:
    assert system.kill_environments("api")
    with held_down(system, "postgres"):
        end = expire(system, login, 2)
        until(lambda: datetime.now(UTC) > end, "the moment of its end", 10)
    until(lambda: answers(system), "PostgreSQL is back", 60)
    assert until(lambda: is_gone(system, login["role"]), "the login's end", 60) < ENDS_WITHIN
    with pytest.raises(GONE):
        session.run("select 1")
    system.settle()
    until(lambda: dba.get(PATH)["credentials"][0]["state"] == "ended", "the lease's end")


def test_a_role_made_by_hand_is_found_and_told(system: LocalSystem) -> None:
    name = "made_by_hand"
    with superuser(system) as connection:
        connection.run(f"create role {name} login")
    try:
        at = datetime.now(UTC)
        run(system, "credential-reconciliation", task="credential_reconciliation", scheduled_time=stamp(at))
        [found, *_] = caller(system, "P09-DBA").get("/v1/runbook/tasks/credential_reconciliation/runs")["runs"]
        assert found["state"] == "failed"
        assert name in found["why"]
    finally:
        with superuser(system) as connection:
            connection.run(f"drop role {name}")


def test_who_is_on_call_breaks_the_glass_and_a_second_person_approves(system: LocalSystem, dba: Api) -> None:
    sre = caller(system, "P09-SRE")
    body = {"reason": "the pager went off", "duration_seconds": 600}
    with pytest.raises(Refused, match="break_glass"):
        sre.post(PATH, body)
    made = sre.post(PATH, body | {"break_glass": True})
    with connect(system, made) as connection:
        assert connection.run("select 1") == [[1]]
    with pytest.raises(Refused, match="P09-DBA or the role P09-Lead"):
        sre.post(f"{PATH}/{made['id']}/approval", {"reason": "it was right, I say"})
    approved = caller(system, "P09-Lead").post(f"{PATH}/{made['id']}/approval", {"reason": "I saw the alarm too"})
    assert approved["approved_by"] == "lead@demo.example"
    dba.delete(f"{PATH}/{made['id']}")
    assert trail(caller(system, "P09-Auditor"), f"database-credential/{made['id']}") == [
        "database-credential.end",
        "database-credential.approve",
        "database-credential.issue",
    ]


def test_the_trail_is_anchored_verified_and_an_alteration_is_located(system: LocalSystem) -> None:
    anchored = run(system, "audit-anchor", task="audit_anchor", scheduled_time=stamp(datetime.now(UTC)))
    assert anchored["findings"] == 0
    bucket = outputs(system.configuration)["AuditBucketName"]
    assert system.aws("s3").head_object(Bucket=bucket, Key=anchored["key"])["VersionId"]
    assert p09(system, "audit", "verify").returncode == 0
    newest = caller(system, "P09-Auditor").get("/v1/audit", limit="1")["rows"][0]["sequence"]
    with altered(system, newest):
        done = p09(system, "audit", "verify")
    assert done.returncode == 1
    assert f"rows {newest} to {newest}" in done.stdout
    assert p09(system, "audit", "verify").returncode == 0


@contextmanager
def altered(system: LocalSystem, sequence: int) -> Iterator[None]:
    """Another name in a row of the trail, written by somebody with every right, and the true one again."""
    before = rename_actor(system, sequence, "somebody else")
    try:
        yield
    finally:
        rename_actor(system, sequence, before)


def rename_actor(system: LocalSystem, sequence: int, actor: str) -> str:
    row = {"sequence": sequence, "organisation": OPERATIONS}
    where = "where sequence = :sequence and organisation_id = :organisation"
    with superuser(system) as connection:
        [[before]] = connection.run(f"select actor from audit {where}", **row)
        connection.run("begin")
        connection.run("alter table audit disable trigger append_only")  # it refuses even a superuser
        connection.run(f"update audit set actor = :actor {where}", actor=actor, **row)
        connection.run("alter table audit enable always trigger append_only")
        connection.run("commit")
    return str(before)


def answers(system: LocalSystem) -> bool:
    return postgres.answers(system.configuration, system.configuration.postgres_port)
