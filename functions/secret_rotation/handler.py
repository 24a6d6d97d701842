"""Rotates secrets: called by Secrets Manager for each step, or by a person for all of them (``rotate``: the secret's name)."""

from typing import Any
from uuid import uuid4

from aws_lambda_powertools.logging import Logger

from functions.secret_rotation.settings import Settings
from functions.secret_rotation.targets import Targets
from shared.platform import wiring
from shared.platform.aws.secrets import SecretVersions, stored_name
from shared.platform.settings import aws_settings, load
from shared.rotation.rotation import STEPS, Rotation, RotationRefused
from shared.rotation.trail import trail
from shared.runbook.load import the_runbook

logger = Logger()
settings = load(Settings)
admin = wiring.database(settings, settings.postgres_admin_secret_arn, application="secret rotation", timeout=20)
targets = Targets(settings, admin)


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """A person is told why it can't be. Secrets Manager has to see it fail, which is an alarm as well."""
    try:
        return _rotate(event)
    except RotationRefused as refused:
        if "rotate" not in event:
            raise
        logger.info("refused", extra={"secret": event["rotate"], "why": str(refused)})
        return {"secret": event["rotate"], "refused": str(refused)}


def _rotate(event: dict[str, Any]) -> dict[str, str]:
    name = event["rotate"] if "rotate" in event else _name(event["SecretId"])
    secret = event.get("SecretId") or stored_name(settings.stage, name)
    version = event.get("ClientRequestToken") or str(uuid4())
    rotation = _rotation(name)
    for step in STEPS if "rotate" in event else (event["Step"],):
        rotation.run(step, secret, version)
        logger.info("done", extra={"step": step, "secret": name, "version": version})
    return {"secret": name, "version": version}


def _rotation(name: str) -> Rotation:
    secret = the_runbook().secrets.get(name)
    if secret is None or secret.kind is None:
        why = secret.why if secret else "the runbook knows no such secret"
        raise RotationRefused(f"{name} is not rotated here: {why}")
    return Rotation(SecretVersions(aws_settings), targets.of(secret.kind), trail(admin))


def _name(secret_id: str) -> str:
    """Secrets Manager gives the ARN, which ends with six characters of its own."""
    for name in the_runbook().secrets:
        stored = stored_name(settings.stage, name)
        if secret_id == stored or secret_id.rpartition("-")[0].endswith(f":secret:{stored}"):
            return name
    raise RotationRefused(f"{secret_id} is none of the secrets of the stage {settings.stage}")
