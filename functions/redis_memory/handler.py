"""The 12:00 task: does Valkey have room, and would it keep what it has."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from aws_lambda_powertools.logging import Logger
from redis.exceptions import RedisError

from functions.redis_memory.finding import failure, finding, thresholds_of
from functions.redis_memory.settings import Settings
from shared.health.redis_memory import SECTIONS, Earlier, WrongInfo, assess, read_info
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.redis_client import redis_client
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.run import Finding
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore

TASK: Final = "redis_memory"
REMEMBERED: Final = 30  # runs that the forecast looks back at

logger = Logger()
settings = load(Settings)
store = RunStore(Table(signed_call(aws_settings), settings.operations_table_name))
connect = partial(redis_client, settings)


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    report = run_task(store, event, check, remaining=remaining(context))
    logger.info("done", extra=report)
    return report


def check(now: datetime) -> Finding:
    thresholds = thresholds_of(the_runbook())
    try:
        texts = _info()
        memory = read_info(texts)
    except (RedisError, AwsUnavailable, AwsRefused) as error:
        return failure(f"Valkey can't be asked: {error}", thresholds)
    except WrongInfo as error:
        return failure(f"Valkey answered something else than its state: {error}", thresholds)
    found = assess(memory, thresholds, _earlier(now), now)
    return finding(texts, memory, found, thresholds)


def _info() -> list[bytes]:
    """The sections as the server wrote them: they are evidence."""
    with connect() as client:
        client.set_response_callback("INFO", lambda text: text)
        asked = client.pipeline(transaction=False)
        for section in SECTIONS:
            asked.execute_command("INFO", section)
        texts: list[bytes] = asked.execute()
    return texts


def _earlier(now: datetime) -> Sequence[Earlier]:
    """Runs before this one that measured something, newest first."""
    runs = store.latest(TASK, before=f"{TASK}-{now:%Y%m%dT%H%M%SZ}", limit=REMEMBERED)
    return [
        Earlier(
            at=run.occasion.scheduled_for, share=float(measured["used_share"]), evicted=int(measured["evicted_keys"]),
            server=str(measured["server"]),
        )
        for run in runs
        if run.finding is not None and "used_share" in (measured := run.finding.measured)
    ]  # fmt: skip
