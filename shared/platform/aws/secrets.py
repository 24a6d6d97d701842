"""Secrets Manager: a login is fetched when first needed and again when it was refused, so that a rotated one is picked up."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.platform.aws.signed import AwsRefused, AwsSettings, call
from shared.platform.secret import Secret


@dataclass(frozen=True)
class Login:
    """A user name and a password."""

    username: str
    password: Secret


def stored_name(stage: str, name: str) -> str:
    """The name in Secrets Manager, as infra gives it."""
    return f"p09-{stage}-{name}"


def read_secret(settings: AwsSettings, secret_id: str) -> str:
    """A secret's text. Raises ``AwsUnavailable`` and ``AwsRefused``."""
    answer = call(settings, "secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": secret_id})
    return str(answer.get("SecretString", ""))


def write_secret(settings: AwsSettings, secret_id: str, text: str) -> None:
    """A new version of a secret. Raises ``AwsUnavailable`` and ``AwsRefused``."""
    body = {"SecretId": secret_id, "SecretString": text, "ClientRequestToken": str(uuid4())}
    call(settings, "secretsmanager", "secretsmanager.PutSecretValue", body)


History = tuple[str, tuple[str, ...], datetime]


class SecretVersions:
    """The versions of secrets and their stages, for rotation."""

    def __init__(self, settings: Callable[[], AwsSettings]) -> None:
        self._settings = settings

    def stages(self, secret_id: str) -> dict[str, list[str]]:
        """Stages by version."""
        found: dict[str, list[str]] = self._call("DescribeSecret", SecretId=secret_id).get("VersionIdsToStages", {})
        return found

    def history(self, secret_id: str) -> list[History]:
        """Each version that has a stage: its id, its stages, when it was made. For that nobody need be able to read it."""
        versions = self._call("ListSecretVersionIds", SecretId=secret_id).get("Versions", [])
        return [
            (
                one["VersionId"],
                tuple(one.get("VersionStages", ())),
                datetime.fromtimestamp(float(one["CreatedDate"]), UTC),
            )
            for one in versions
        ]

    def read(self, secret_id: str, *, version: str | None = None) -> str:
        """The text of a version, of the current one by default; empty when it has none yet."""
        which = {"VersionId": version} if version else {"VersionStage": "AWSCURRENT"}
        try:
            return str(self._call("GetSecretValue", SecretId=secret_id, **which).get("SecretString", ""))
        except AwsRefused as error:
            if error.code == "ResourceNotFoundException" and version:
                return ""
            raise

    def put_pending(self, secret_id: str, version: str, text: str) -> None:
        self._call(
            "PutSecretValue", SecretId=secret_id, ClientRequestToken=version, SecretString=text,
            VersionStages=["AWSPENDING"],
        )  # fmt: skip

    def promote(self, secret_id: str, version: str, *, instead_of: str | None) -> None:
        move = {"RemoveFromVersionId": instead_of} if instead_of else {}
        self._call(
            "UpdateSecretVersionStage", SecretId=secret_id, VersionStage="AWSCURRENT", MoveToVersionId=version, **move
        )

    def _call(self, operation: str, **body: Any) -> dict[str, Any]:
        return call(self._settings(), "secretsmanager", f"secretsmanager.{operation}", body)


class LoginSecret:
    """A secret of the form ``{"username": …, "password": …}``, kept in memory."""

    def __init__(self, settings: Callable[[], AwsSettings], secret_id: str) -> None:
        self._settings = settings
        self._secret_id = secret_id
        self._login: Login | None = None

    def login(self) -> Login:
        """Raises ``AwsUnavailable`` or ``AwsRefused`` when it isn't in memory and can't be fetched."""
        if self._login is None:
            secret = json.loads(read_secret(self._settings(), self._secret_id))
            self._login = Login(secret["username"], Secret(secret["password"]))
        return self._login

    def forget(self) -> None:
        """The login was refused: fetch it anew next time."""
        self._login = None

    def previous(self) -> Login | None:
        """The one before, which a copy of the server from before the last rotation knows; None where there was none."""
        body = {"SecretId": self._secret_id, "VersionStage": "AWSPREVIOUS"}
        try:
            answer = call(self._settings(), "secretsmanager", "secretsmanager.GetSecretValue", body)
        except AwsRefused as error:
            if error.code == "ResourceNotFoundException":
                return None
            raise
        secret = json.loads(answer["SecretString"])
        return Login(secret["username"], Secret(secret["password"]))
