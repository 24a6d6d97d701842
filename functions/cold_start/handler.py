"""The steps of a restore in which functions get new environments, and some have to answer.

After a promotion every function that logs in to PostgreSQL is started afresh: a warm environment may still have a connection, or a
login, of before, so that it answers proves nothing. Before it, staging is pointed to the restored database, and back. This function
lives outside of the network, where it reaches Lambda.
"""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.logging import Logger

from functions.cold_start.settings import Settings
from shared.backups.drill import Aborted, NotYet, StepFailed
from shared.backups.promotion import Promotion
from shared.backups.staging import POINT, POINT_BACK
from shared.backups.steps import Steps
from shared.platform.settings import aws_settings, load

if TYPE_CHECKING:
    from shared.together.restoring.staging import PointedStaging

logger = Logger()
settings = load(Settings)
PATIENCE: Final = timedelta(minutes=30)
STEPS: Final = {"point_staging": POINT, "point_staging_back": POINT_BACK}


class Starts:
    """What this function does, by the workflow's actions."""

    def __init__(self, steps: Steps, promotion: Promotion, staging: "PointedStaging") -> None:
        self.steps = steps
        self._promotion = promotion
        self._staging = staging

    def do(self, drill: str, action: str, step: str) -> None:
        match action:
            case "point_staging":
                self.steps.once(drill, POINT, self._staging.point)
            case "point_staging_back":
                if self.steps.has_begun(drill, POINT):
                    self.steps.once(drill, POINT_BACK, self._staging.point_back, may_abort=False)
            case _:
                self._promotion.do(drill, step)


@cache
def starts() -> Starts:
    import boto3

    from shared.backups.cold_start import ColdStart
    from shared.backups.functions import Function, Functions
    from shared.backups.point_staging import Staging
    from shared.backups.store import DrillStore
    from shared.platform.aws.dynamodb import Table, signed_call
    from shared.together.restoring.staging import PointedStaging

    table, client = Table(signed_call(aws_settings), settings.operations_table_name), boto3.client("lambda")
    store = DrillStore(table)
    steps = Steps(store, now)

    def functions(listed: str) -> Functions:
        return Functions(client, [Function(**one) for one in json.loads(listed)])

    staging = Staging(
        functions=functions(settings.staging_functions), store=store, address=settings.staging_url,
        host=settings.postgres_home_host, port=int(settings.postgres_home_port),
    )  # fmt: skip
    cold_start = ColdStart(functions(settings.functions), store)
    return Starts(
        steps, Promotion(steps, store, {"start_cold": cold_start.act}), PointedStaging(staging, store, table, now)
    )


def now() -> datetime:
    return datetime.now(UTC)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    drill, action, step = event["drill"], event["action"], event.get("step", "")
    try:
        starts().do(drill, action, step)
        found: dict[str, Any] = {"state": "done"}
    except NotYet as error:
        name = STEPS.get(action) or Promotion.name_of(step)
        is_over = starts().steps.lasts_too_long(drill, name, PATIENCE)
        found = {"state": "failed" if is_over else "not yet", "why": str(error)}
    except Aborted as error:
        found = {"state": "aborted", "why": str(error)}
    except StepFailed as error:
        found = {"state": "failed", "why": str(error)}
    logger.info(action, extra={"drill": drill, **found})
    return {"drill": drill, **found}
