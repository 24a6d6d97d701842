"""Secrets Manager: a secret is fetched when first needed and again after a refusal, so that a rotated one is picked up."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.platform.aws import AwsSettings, call


@dataclass(frozen=True)
class Login:
    """A user name and a password; the password never shows in a log or a traceback."""

    username: str
    password: str = field(repr=False)


def fetch_login(settings: AwsSettings, secret_id: str) -> Login:
    """Read a secret of the form ``{"username": …, "password": …}``. Raises ``AwsUnavailable`` or ``AwsRefused``."""
    answer = call(settings, "secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": secret_id})
    secret = json.loads(answer["SecretString"])
    return Login(secret["username"], secret["password"])


def login_of(settings: Callable[[], AwsSettings], secret_id: str) -> Callable[[], Login]:
    """A function that fetches the secret anew at each call: connections are opened rarely."""
    return lambda: fetch_login(settings(), secret_id)
