"""Secrets Manager: a login is fetched when first needed and again when it was refused, so that a rotated one is picked up."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared.platform.aws import AwsSettings, call


@dataclass(frozen=True)
class Login:
    """A user name and a password; the password never shows in a log or a traceback."""

    username: str
    password: str = field(repr=False)


def read_secret(settings: AwsSettings, secret_id: str) -> dict[str, Any]:
    """A secret that is a JSON object. Raises ``AwsUnavailable`` or ``AwsRefused``."""
    answer = call(settings, "secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": secret_id})
    found: dict[str, Any] = json.loads(answer["SecretString"])
    return found


class LoginSecret:
    """A secret of the form ``{"username": …, "password": …}``, kept in memory."""

    def __init__(self, settings: Callable[[], AwsSettings], secret_id: str) -> None:
        self._settings = settings
        self._secret_id = secret_id
        self._login: Login | None = None

    def login(self) -> Login:
        """Raises ``AwsUnavailable`` or ``AwsRefused`` when it isn't in memory and can't be fetched."""
        if self._login is None:
            secret = read_secret(self._settings(), self._secret_id)
            self._login = Login(secret["username"], secret["password"])
        return self._login

    def forget(self) -> None:
        """The login was refused: fetch it anew next time."""
        self._login = None
