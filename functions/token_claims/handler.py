"""Cognito's trigger before it makes tokens: says what records name somebody by, and which roles they have."""

from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.token_claims.answer import answer
from functions.token_claims.settings import Settings
from shared.platform.settings import load

logger = Logger()
settings = load(Settings)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Cognito waits five seconds, and without an answer nobody signs in: nothing here asks anybody else."""
    told = answer(event["request"])
    logger.info("asked", extra={"trigger": event["triggerSource"], "user": event["userName"]})
    return event | {"response": told}
