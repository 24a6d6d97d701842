"""The step of a promotion in which every function that logs in to PostgreSQL gets new environments, and some have to answer.

A warm environment may still have a connection, or a login, of before: that it answers proves nothing. This function lives outside
of the network, where it reaches Lambda.
"""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.cold_start.settings import Settings
from shared.backups.cold_start import ColdStart, Function
from shared.backups.drill import Aborted, NotYet, StepFailed
from shared.backups.promotion import Promotion
from shared.backups.steps import Steps
from shared.backups.store import DrillStore
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings, load

logger = Logger()
settings = load(Settings)


@cache
def promotion() -> Promotion:
    import boto3

    store = DrillStore(Table(signed_call(aws_settings), settings.operations_table_name))
    functions = [Function(**one) for one in json.loads(settings.functions)]
    cold_start = ColdStart(boto3.client("lambda"), functions, store)
    return Promotion(Steps(store, lambda: datetime.now(UTC)), store, {"start_cold": cold_start.act})


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    drill = event["drill"]
    try:
        promotion().do(drill, event["step"])
        found: dict[str, Any] = {"state": "done"}
    except NotYet as error:
        found = {"state": "not yet", "why": str(error)}
    except Aborted as error:
        found = {"state": "aborted", "why": str(error)}
    except StepFailed as error:
        found = {"state": "failed", "why": str(error)}
    logger.info("cold start", extra={"drill": drill, **found})
    return {"drill": drill, **found}
