"""The 12:00 task: does Valkey have room, and would it keep what it has."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from aws_lambda_powertools.logging import Logger
from redis.exceptions import RedisError

from functions.redis_memory.settings import Settings
from shared.health.redis_memory import (
    SECTIONS,
    Assessment,
    Earlier,
    Memory,
    Thresholds,
    WrongInfo,
    assess,
    describe,
    read_info,
)
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.moments import stamp
from shared.platform.redis_client import redis_client
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict, digest
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore

TASK: Final = "redis_memory"
REMEMBERED: Final = 30  # runs that the forecast looks back at
MIB: Final = 2**20

logger = Logger()
settings = load(Settings)
store = RunStore(Table(signed_call(aws_settings), settings.operations_table_name))
connect = partial(redis_client, settings)


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    report = run_task(store, event, check, remaining=remaining(context))
    logger.info("done", extra=report)
    return report


def check(now: datetime) -> Finding:
    thresholds = _thresholds()
    try:
        texts = _info()
        memory = read_info(texts)
    except (RedisError, AwsUnavailable, AwsRefused) as error:
        return _failed(f"Valkey can't be asked: {error}", thresholds)
    except WrongInfo as error:
        return _failed(f"Valkey answered something else than its state: {error}", thresholds)
    found = assess(memory, thresholds, _earlier(now), now)
    return Finding(
        verdict=_verdict(found), why=describe(memory, found), measured=_measured(memory, found),
        thresholds=_shown(thresholds),
        inputs={f"INFO {section}": digest(text) for section, text in zip(SECTIONS, texts, strict=True)},
    )  # fmt: skip


def _info() -> list[bytes]:
    """The sections as the server wrote them: they are evidence."""
    with connect() as client:
        client.set_response_callback("INFO", lambda text: text)
        asked = client.pipeline(transaction=False)
        for section in SECTIONS:
            asked.execute_command("INFO", section)
        texts: list[bytes] = asked.execute()
    return texts


def _verdict(found: Assessment) -> Verdict:
    if found.faults:
        return Verdict.FAILED
    return Verdict.UNCONFIGURED if found.unconfigured else Verdict.PASSED


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


def _thresholds() -> Thresholds:
    task = the_runbook().tasks.redis_memory
    return Thresholds(
        below=float(task.below_percent / 100), maximum_fragmentation=float(task.maximum_fragmentation),
        fragmentation_matters_from=int(task.fragmentation_matters_from_mib * MIB),
        maximum_evictions=task.maximum_evictions,
    )  # fmt: skip


def _measured(memory: Memory, found: Assessment) -> dict[str, Any]:
    return {
        "used_share": round(memory.share, 6), "used_bytes": memory.used, "maxmemory_bytes": memory.maximum,
        "host_bytes": memory.host, "fragmentation_ratio": memory.fragmentation_ratio,
        "fragmentation_bytes": memory.fragmentation, "evicted_keys": memory.evicted,
        "evicted_since_last_run": found.evictions, "append_only_file": memory.append_only,
        "replicas": memory.replicas, **memory.statuses, "loading": memory.loading, "server": memory.server,
        "restarted_since_last_run": found.restarted,
        "threshold_reached_at": stamp(found.reached_at) if found.reached_at else None,
    }  # fmt: skip


def _shown(thresholds: Thresholds) -> dict[str, Any]:
    return {
        "used_share_below": thresholds.below, "maximum_fragmentation_ratio": thresholds.maximum_fragmentation,
        "fragmentation_matters_from_bytes": thresholds.fragmentation_matters_from,
        "maximum_evictions": thresholds.maximum_evictions,
    }  # fmt: skip


def _failed(why: str, thresholds: Thresholds) -> Finding:
    return Finding(verdict=Verdict.FAILED, why=why[:1000], thresholds=_shown(thresholds))
