"""Secrets Manager: a login is fetched when first needed and again when it was refused, so that a rotated one is picked up."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from shared.platform.aws import AwsSettings, call


@dataclass(frozen=True)
class Login:
    """A user name and a password; the password never shows in a log or a traceback."""

    username: str
    password: str = field(repr=False)


def read_secret(settings: AwsSettings, secret_id: str) -> str:
    """A secret's text. Raises ``AwsUnavailable`` and ``AwsRefused``."""
    answer = call(settings, "secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": secret_id})
    return str(answer.get("SecretString", ""))


def write_secret(settings: AwsSettings, secret_id: str, text: str) -> None:
    """A new version of a secret. Raises ``AwsUnavailable`` and ``AwsRefused``."""
    body = {"SecretId": secret_id, "SecretString": text, "ClientRequestToken": str(uuid4())}
    call(settings, "secretsmanager", "secretsmanager.PutSecretValue", body)


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
            self._login = Login(secret["username"], secret["password"])
        return self._login

    def forget(self) -> None:
        """The login was refused: fetch it anew next time."""
        self._login = None
