"""Rotates the logins of functions: called by Secrets Manager for each step, or by a person for all of them (``rotate``)."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aws_lambda_powertools.logging import Logger

from functions.secret_rotation.settings import Settings
from shared.access.postgres_logins import PostgresLogins
from shared.access.rotation import STEPS, Rotation
from shared.platform import wiring
from shared.platform.secrets import Login, SecretVersions
from shared.platform.settings import aws_settings, load

if TYPE_CHECKING:
    from pg8000.native import Connection

logger = Logger()
settings = load(Settings)
admin = wiring.database(settings, settings.postgres_admin_secret_arn, application="secret rotation", timeout=20)


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    secret = event.get("rotate") or event["SecretId"]
    version = event.get("ClientRequestToken") or str(uuid4())
    steps = STEPS if "rotate" in event else (event["Step"],)
    rotation = Rotation(SecretVersions(aws_settings), PostgresLogins(admin, _connect))
    for step in steps:
        rotation.run(step, secret, version)
        logger.info("done", extra={"step": step, "secret": secret, "version": version})
    return {"secret": secret, "version": version}


def _connect(username: str, password: str) -> "Connection":
    return wiring.connect_to_postgres(settings, Login(username, password), application="secret rotation")
