"""Secrets besides logins, rotated on real servers: Valkey's token, the canary's keys, the keys that sign webhooks."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws
from standardwebhooks.webhooks import Webhook

from functions.migrate.canary import ensure_canary
from shared.audit.chain import OPERATIONS
from shared.audit.store import Filter, page
from shared.health.canary import ORGANISATION, read_keys
from shared.identity.keys import parse_key
from shared.identity.tenants import key_bearer
from shared.platform.aws import signed
from shared.platform.aws.secrets import Login, LoginSecret, SecretVersions, read_secret
from shared.platform.secret import Secret
from shared.platform.valkey import Address, BadLogin, Connection, Valkey, open_connection
from shared.platform.wiring import with_login
from shared.rotation.rotation import STEPS, Rotation, RotationRefused, Target
from shared.rotation.trail import trail
from shared.rotation.valkey_tokens import ValkeyTokens, by_acl
from shared.rotation.webhook_keys import WebhookKeys
from shared.together.canary_keys import CanaryKeys
from tests.conftest import MigratedDatabase
from tests.integration.access.load import serve_during_rotations
from tests.integration.access.test_rotation import SETTINGS, Crash, SecretsManager
from tests.servers import HOST, ValkeyServer

SECRET = "secret"
FIRST_WEBHOOK_KEY = "whsec_Zmlyc3Qga2V5IG9mIHRoZSB0ZXN0cyAh"
KINDS = ("valkey", "canary", "webhooks")


@dataclass
class Kind:
    """A secret of a kind, and what a function does with it: raises unless it is served."""

    aws: SecretsManager
    rotation: Rotation
    user: Callable[[], Callable[[], None]]

    def rotate(self, version: str = "", steps: tuple[str, ...] = STEPS) -> str:
        version = version or str(uuid4())
        for step in steps:
            self.rotation.run(step, SECRET, version)
        return version

    def current(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(read_secret(SETTINGS, SECRET))
        return found


class Kinds:
    def __init__(
        self, migrated: MigratedDatabase, start_valkey: Callable[[], ValkeyServer], aws: SecretsManager
    ) -> None:
        self.database = migrated.database("p09_admin")
        self.aws = aws
        self._migrated = migrated
        self._start_valkey = start_valkey

    @cached_property
    def server(self) -> ValkeyServer:
        """Its own, for its password changes: started by those who use it."""
        return self._start_valkey()

    def of(self, name: str) -> Kind:
        made: tuple[str, Target, Callable[[], Callable[[], None]]] = getattr(self, name)()
        text, target, user = made
        self.aws.client.create_secret(Name=SECRET, SecretString=text)
        rotation = Rotation(SecretVersions(lambda: SETTINGS), target, trail(self.database))
        return Kind(self.aws, rotation, user)

    def valkey(self) -> tuple[str, Target, Callable[[], Callable[[], None]]]:
        text = json.dumps({"username": "default", "password": self.server.password})
        admit = by_acl(self._valkey())
        target = ValkeyTokens(admit, self._connect)

        def user() -> Callable[[], None]:
            valkey = self._valkey()

            def serve() -> None:
                valkey.run("INCR", "served")
                valkey.close()

            return serve

        return text, target, user

    def _valkey(self) -> Valkey:
        secret = LoginSecret(lambda: SETTINGS, SECRET)
        return Valkey(with_login(secret, lambda login: self._connect(login.password.reveal()), BadLogin))

    def _connect(self, password: str) -> Connection:
        return open_connection(
            Address(host=HOST, port=self.server.port), password=password, timeout=20, connect_timeout=20
        )

    def canary(self) -> tuple[str, Target, Callable[[], Callable[[], None]]]:
        written: list[str] = []
        ensure_canary(self.database, lambda: "{}", written.append)

        def user() -> Callable[[], None]:
            # As health_check: in memory for a while, and fetched anew now and then.
            database, count, kept = self._migrated.database("p09_api"), 0, [read_secret(SETTINGS, SECRET)]

            def serve() -> None:
                nonlocal count
                count += 1
                if count % 5 == 0:
                    kept[0] = read_secret(SETTINGS, SECRET)
                keys = read_keys(kept[0])
                assert keys is not None
                for text in (keys.write_key, keys.read_key):
                    key = parse_key(text.reveal())
                    with database.transaction(key_sha256=key.digest.hex()) as connection:
                        assert key_bearer(connection, key) is not None

            return serve

        return written[0], CanaryKeys(self.database), user

    def webhooks(self) -> tuple[str, Target, Callable[[], Callable[[], None]]]:
        text = json.dumps({"hook": {"url": "https://example.com", "secret": FIRST_WEBHOOK_KEY}})

        def user() -> Callable[[], None]:
            # A receiver who is told of a new key late: it takes what is signed with the one before.
            endpoint = json.loads(read_secret(SETTINGS, SECRET))["hook"]
            told = Webhook(endpoint.get("previous", endpoint["secret"]))

            def serve() -> None:
                nonlocal told
                now, endpoint = datetime.now(UTC), json.loads(read_secret(SETTINGS, SECRET))["hook"]
                keys = [endpoint["secret"], *([endpoint["previous"]] if "previous" in endpoint else [])]
                signatures = " ".join(Webhook(key).sign("msg_1", now, "{}") for key in keys)
                headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp()))}
                told.verify("{}", headers | {"webhook-signature": signatures})
                told = Webhook(endpoint["secret"])

            return serve

        return text, WebhookKeys(), user


@pytest.fixture
def kinds(migrated: MigratedDatabase, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kinds]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws(), ExitStack() as ends:
        aws = SecretsManager(boto3.client("secretsmanager", "us-east-1"))
        monkeypatch.setattr(signed, "_post", aws.post)
        yield Kinds(migrated, lambda: ends.enter_context(ValkeyServer(folder=tmp_path)), aws)


@pytest.mark.parametrize("name", KINDS)
def test_no_request_fails_while_a_secret_is_rotated(kinds: Kinds, name: str) -> None:
    kind = kinds.of(name)
    serve_during_rotations(kind.rotate, kind.user, servers=2)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("steps", range(1, 5))
def test_a_crash_after_a_step_and_a_retry_end_well(kinds: Kinds, name: str, steps: int) -> None:
    kind = kinds.of(name)
    version = kind.rotate(steps=STEPS[:steps])
    kind.user()()
    kind.rotate(version)
    assert_consistent(kind, version)


@pytest.mark.parametrize("name", KINDS)
def test_a_crash_after_any_call_and_a_retry_end_well(kinds: Kinds, name: str) -> None:
    kind = kinds.of(name)
    for crash_after in range(1, 30):
        kind.aws.calls.clear()
        kind.aws.crash_after = crash_after
        version = str(uuid4())
        try:
            kind.rotate(version)
        except Crash:
            kind.aws.crash_after = None
            kind.user()()
            kind.rotate(version)
            assert_consistent(kind, version)
        else:
            kind.aws.crash_after = None
            assert crash_after > 8  # every call has been the last one once
            return
    raise AssertionError("a rotation makes fewer calls")


def assert_consistent(kind: Kind, version: str) -> None:
    kind.user()()
    stages = kind.aws.client.describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    assert [one for one, names in stages.items() if "AWSCURRENT" in names] == [version]


@pytest.mark.parametrize("name", KINDS)
def test_the_trail_names_the_version_and_holds_no_secret(kinds: Kinds, name: str) -> None:
    kind = kinds.of(name)
    version = kind.rotate()
    with kinds.database.transaction([OPERATIONS]) as connection:
        row = next(row for row in page(connection, OPERATIONS, Filter()) if row.action == "secret.rotate")
    assert version in (row.after or "")
    for value in kind.current().values():
        assert name == "webhooks" or value == "default" or len(str(value)) < 20 or str(value) not in (row.after or "")
    assert "whsec_" not in (row.after or "")


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("text", ["{}", "text", "[]", '{"a": 1}'])
def test_a_secret_of_another_kind_is_refused(kinds: Kinds, name: str, text: str) -> None:
    kind = kinds.of(name)
    kind.aws.client.put_secret_value(SecretId=SECRET, SecretString=text)
    with pytest.raises(RotationRefused):
        kind.rotate(steps=STEPS[:1])


def test_two_tokens_of_valkey_work_and_the_third_does_not(kinds: Kinds) -> None:
    kind = kinds.of("valkey")
    passwords = [kind.current()["password"]]
    for _ in range(2):
        kind.rotate()
        passwords.append(kind.current()["password"])
    for good in passwords[1:]:
        kinds._connect(good).close()
    with pytest.raises(BadLogin):
        kinds._connect(passwords[0])


def test_a_rotated_token_outlives_a_restart_of_valkey(kinds: Kinds) -> None:
    kind = kinds.of("valkey")
    kind.rotate()
    kinds.server.kill()
    kinds.server.password = kind.current()["password"]
    kinds.server.start()
    kind.user()()


def test_old_keys_of_the_canary_end_after_a_day(kinds: Kinds) -> None:
    kind = kinds.of("canary")
    old = parse_key(kind.current()["write_key"])
    kind.rotate()
    kind.rotate()
    with kinds.database.transaction([ORGANISATION]) as connection:
        [[lasts]] = connection.run(
            "select expires_at - now() between '23 hours' and '24 hours' from keys where prefix = :prefix",
            prefix=old.prefix,
        )
        [[unlimited]] = connection.run("select count(*) from keys where expires_at is null and revoked_at is null")
    assert lasts
    assert unlimited == 2


def test_a_copy_of_the_server_from_before_a_rotation_takes_the_previous_login(kinds: Kinds) -> None:
    kind = kinds.of("valkey")
    before = kind.current()["password"]
    secret = LoginSecret(lambda: SETTINGS, SECRET)
    assert secret.previous() is None
    kind.rotate()
    assert secret.previous() == Login("default", Secret(before))
