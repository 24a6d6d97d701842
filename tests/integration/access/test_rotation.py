import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from moto import mock_aws
from pg8000.native import Connection

from shared.audit.chain import OPERATIONS
from shared.audit.store import Filter, page
from shared.platform.aws import signed
from shared.platform.aws.secrets import Login, LoginSecret, SecretVersions
from shared.platform.aws.signed import AwsSettings, Credentials
from shared.platform.failures import PostgresBadLogin
from shared.platform.logins import base_of, ensure_login, other_of
from shared.platform.postgres import Database, connect
from shared.platform.secret import Secret
from shared.platform.wiring import with_login
from shared.rotation.postgres_logins import PostgresLogins
from shared.rotation.rotation import STEPS, Rotation, RotationRefused
from shared.rotation.trail import trail
from tests.conftest import PASSWORDS, MigratedDatabase
from tests.integration.access.load import serve_during_rotations

SECRET = "postgres-api"
SETTINGS = AwsSettings(
    region="us-east-1", credentials=Credentials(access_key="a", secret_key=Secret("b"), session_token=Secret(""))
)


class Crash(BaseException):
    """The process ends."""


@dataclass
class SecretsManager:
    """Ours in moto; every call of it may be the one after which the function dies."""

    client: Any
    crash_after: int | None = None
    calls: list[str] = field(default_factory=list)

    def post(self, _scheme: str, _host: str, payload: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        operation = headers["x-amz-target"].partition(".")[2]
        body = json.loads(payload)
        if operation == "GetSecretValue" and "VersionId" not in body:
            body.setdefault("VersionStage", "AWSCURRENT")  # the default in AWS; moto's is the version that was put last
        try:
            found = getattr(self.client, xform_name(operation))(**body)
        except ClientError as error:
            return 400, json.dumps({"__type": error.response["Error"]["Code"]}).encode()
        self.calls.append(operation)
        if self.crash_after == len(self.calls):
            raise Crash
        return 200, json.dumps(found, default=str).encode()


@dataclass
class System:
    """A secret, the PostgreSQL that it opens, and the function that rotates it."""

    migrated: MigratedDatabase
    aws: SecretsManager
    rotation: Rotation

    def rotate(self, version: str = "", steps: tuple[str, ...] = STEPS) -> str:
        version = version or str(uuid4())
        for step in steps:
            self.rotation.run(step, SECRET, version)
        return version

    def current(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(
            self.aws.client.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")["SecretString"]
        )
        return found

    def login(self, login: dict[str, str]) -> Connection:
        return connect(
            self.migrated.address, user=login["username"], password=login["password"], application="tests", timeout=20
        )

    def assert_works(self) -> None:
        with self.login(self.current()) as connection:
            assert connection.run("select count(*) from organisations") == [[0]]


@pytest.fixture
def system(migrated: MigratedDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("secretsmanager", "us-east-1")
        text = json.dumps({"username": "p09_api", "password": PASSWORDS["p09_api"]})
        client.create_secret(Name=SECRET, SecretString=text)
        aws = SecretsManager(client)
        monkeypatch.setattr(signed, "_post", aws.post)
        logins = PostgresLogins(
            migrated.database("p09_admin"),
            lambda user, password: connect(migrated.address, user=user, password=password, application="rotation"),
        )
        yield System(
            migrated, aws, Rotation(SecretVersions(lambda: SETTINGS), logins, trail(migrated.database("p09_admin")))
        )
    drop_alternates(migrated)


def drop_alternates(migrated: MigratedDatabase) -> None:
    """Roles belong to the cluster: the next test must not find them."""
    with migrated.server.connect_as_superuser(migrated.name) as superuser:
        for name in ("p09_api_b", "p09_worker_b", "p09_backup_b"):
            superuser.run(
                "select pg_terminate_backend(pid, 2000) from pg_stat_activity where usename = :name", name=name
            )
            superuser.run(f"drop role if exists {name}")


def test_users_take_turns(system: System) -> None:
    first = system.current()
    system.rotate()
    second = system.current()
    system.assert_works()
    assert (first["username"], second["username"]) == ("p09_api", "p09_api_b")
    system.login(first).close()  # works on, until its user's next turn

    system.rotate()

    third = system.current()
    system.assert_works()
    system.login(second).close()
    assert third["username"] == "p09_api"
    assert len({login["password"] for login in (first, second, third)}) == 3
    with pytest.raises(PostgresBadLogin):
        system.login(first)


def test_the_alternate_has_the_same_rights_and_time_outs(system: System) -> None:
    with system.login(system.current()) as connection:
        before = settings_of(connection)
    system.rotate()
    with system.login(system.current()) as connection:
        assert settings_of(connection) == before
        assert before["statement_timeout"] == "20s"
        assert connection.run("select count(*) from audit") == [[0]]


def settings_of(connection: Connection) -> dict[str, str]:
    names = "statement_timeout", "idle_in_transaction_session_timeout", "work_mem"
    return {name: connection.run(f"show {name}")[0][0] for name in names}


def test_a_rotation_is_in_the_audit_trail_once(system: System) -> None:
    version = system.rotate()
    system.rotate(version)
    with system.migrated.database("p09_admin").transaction([OPERATIONS]) as connection:
        [row] = page(connection, OPERATIONS, Filter())
    assert (row.actor, row.action) == ("function:secret_rotation", "secret.rotate")
    assert json.loads(row.after or "") == {"username": "p09_api_b", "version": version}


@pytest.mark.parametrize("done", range(1, 5))
def test_a_crash_after_a_step_and_a_retry_end_well(system: System, done: int) -> None:
    version = system.rotate(steps=STEPS[:done])
    system.assert_works()
    system.rotate(version)
    assert_consistent(system, version)


def test_a_crash_after_any_call_and_a_retry_end_well(system: System) -> None:
    """Also within a step: after the server has done it, before the function knows."""
    for crash_after in range(1, 30):
        system.aws.calls.clear()
        system.aws.crash_after = crash_after
        version = str(uuid4())
        try:
            system.rotate(version)
        except Crash:
            system.aws.crash_after = None
            system.assert_works()
            system.rotate(version)
            assert_consistent(system, version)
        else:
            assert crash_after > 8  # every call has been the last one once
            return
    raise AssertionError("a rotation makes fewer calls")


def assert_consistent(system: System, version: str) -> None:
    system.assert_works()
    stages = system.aws.client.describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    assert [one for one, names in stages.items() if "AWSCURRENT" in names] == [version]


def test_a_rotation_that_was_given_up_does_not_hinder_the_next(system: System) -> None:
    system.rotate(steps=STEPS[:2])
    version = system.rotate()
    assert_consistent(system, version)
    assert system.current()["username"] == "p09_api_b"


def test_a_version_without_content_is_filled(system: System) -> None:
    """Secrets Manager itself makes it, and labels it, before it calls."""
    assert SecretVersions(lambda: SETTINGS).read(SECRET, version=str(uuid4())) == ""


@pytest.mark.parametrize(
    "text",
    ['{"username": "p09_admin", "password": "x"}', '{"username": "postgres", "password": "x"}', "text", "{}", ""],
)
def test_other_secrets_are_not_rotated(system: System, text: str) -> None:
    system.aws.client.put_secret_value(SecretId=SECRET, SecretString=text or " ")
    with pytest.raises(RotationRefused):
        system.rotate()


def test_the_password_of_the_user_in_use_is_never_changed(system: System) -> None:
    version = str(uuid4())
    wrong = json.dumps({"username": "p09_api", "password": "other"})
    system.aws.client.put_secret_value(
        SecretId=SECRET, ClientRequestToken=version, SecretString=wrong, VersionStages=["AWSPENDING"]
    )
    with pytest.raises(RotationRefused, match="in use"):
        system.rotate(version)
    system.assert_works()


def test_a_step_that_secrets_manager_does_not_know_is_refused(system: System) -> None:
    with pytest.raises(RotationRefused, match="is none of createSecret"):
        system.rotate(steps=("dropSecret",))


def test_no_request_fails_while_secrets_are_rotated(system: System) -> None:
    """Environments work on, reconnect now and then, and keep their login in memory until it is refused."""

    def opened(login: Login) -> Connection:
        return system.login({"username": login.username, "password": login.password.reveal()})

    with ExitStack() as ends:

        def user() -> Callable[[], None]:
            database = Database(with_login(LoginSecret(lambda: SETTINGS, SECRET), opened, PostgresBadLogin))
            ends.callback(database.close)
            served = count(1)

            def serve() -> None:
                with database.transaction() as connection:
                    connection.run("select count(*) from organisations")
                if next(served) % 5 == 0:
                    database.close()

            return serve

        serve_during_rotations(system.rotate, user, servers=3)


def test_an_alternate_is_made_where_a_restored_database_lacks_it(migrated: MigratedDatabase) -> None:
    owner = migrated.connect("p09_admin")
    try:
        for _ in range(2):
            ensure_login(owner, "p09_worker_b", "secret")
        connect(migrated.address, user="p09_worker_b", password="secret", application="tests").close()
    finally:
        drop_alternates(migrated)


def test_names_of_alternates() -> None:
    assert (other_of("p09_api"), other_of("p09_api_b")) == ("p09_api_b", "p09_api")
    assert (base_of("p09_api"), base_of("p09_api_b")) == ("p09_api", "p09_api")
