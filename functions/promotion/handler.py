"""The actions of the workflow that takes a change to production, and the events by which it begins and is woken."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.promotion.settings import Settings
from functions.promotion.world import world
from shared.changes.promotion import Promotion
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings, load

logger = Logger()
settings = load(Settings)
Act = Callable[[Promotion, str, Mapping[str, Any]], Mapping[str, Any] | None]

ACTIONS: Final[dict[str, Act]] = {
    "look": lambda promotion, change, _: promotion.look(change),
    "wait": lambda promotion, change, event: promotion.wait(
        change, event["seen"], event["token"], event["entered"], event["attempt"]
    ),
    "hand_over": lambda promotion, change, _: promotion.hand_over(change),
    "take_over": lambda promotion, change, event: promotion.take_over(change, by_hand(change, event["cause"])),
}


@cache
def promotion() -> Promotion:
    return Promotion(world(settings, Table(signed_call(aws_settings), settings.operations_table_name)))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    if "action" not in event:
        return _happened(event["detail"])
    action, change = event["action"], event["change"]
    found = dict(ACTIONS[action](promotion(), change, event) or {})
    logger.info(action, extra={"change": change, "found": found})
    return found


def _happened(detail: Mapping[str, Any]) -> dict[str, Any]:
    what = promotion().happened(detail["deployment"], detail["sequence"])
    logger.info(what, extra={"change": detail["deployment"], "happened": detail["change"]})
    return {"workflow": what}


def by_hand(change: str, cause: str) -> str:
    """``cause`` is the error of the action that could not ask the pipeline, as Lambda tells it to the workflow."""
    try:
        why = str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        why = cause
    return f"The pipeline could not be asked ({why[:300]}): whoever deploys it takes over with `p09 change promote {change}`"
