"""The 02:00 task, and the same checks every minute as a probe: the service as its customers meet it."""

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.health_check.settings import Settings
from shared.health.canary import Keys, Limits, canary_check, not_made, read_keys
from shared.health.checks import Check, http_checks, make_all
from shared.health.model import CANARY, Outcome, Result, judge, reached_anything, why
from shared.health.probe import Pace, probe, steadily
from shared.health.prober import Rules
from shared.health.store import ProbeStore
from shared.kpi.signals.port import PROBES_FAILED, PROBES_PASSED, PROBES_SKIPPED
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.metrics import put_points, signed_put_metric_data
from shared.platform.aws.secrets import read_secret
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.moments import stamp
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore

# Who could not find out has not passed; who was not set up can't judge.
VERDICTS: Final = {
    Result.PASSED: Verdict.PASSED, Result.FAILED: Verdict.FAILED, Result.UNKNOWN: Verdict.FAILED,
    Result.UNCONFIGURED: Verdict.UNCONFIGURED,
}  # fmt: skip
COUNTED: Final = {Result.PASSED: PROBES_PASSED, Result.FAILED: PROBES_FAILED}
NOT_FILLED_IN: Final = "the canary's secret holds no keys: deploying fills it in"
ALONE: Final = "Nothing at all was reached: this may be the prober's own network. "

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)
sleep = time.sleep
_keys: dict[str, Keys] = {}


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    if event.get("task") == "probes":
        report = _probe(event["scheduled_time"], context)
    else:
        report = run_task(RunStore(table), event, check, remaining=remaining(context))
    logger.info("done", extra=report)
    return report


def check(now: datetime) -> Finding:
    runbook = the_runbook()
    task, probes = runbook.tasks.health_check, runbook.probes
    steady = steadily(look, f"health-check-{stamp(now)}", probes.successes, probes.again_after, sleep)
    outcomes = steady.outcomes
    return Finding(
        verdict=VERDICTS[judge(outcomes)],
        why=("" if reached_anything(outcomes) else ALONE) + why(outcomes),
        measured={one.check: _evidence(one) for one in outcomes} | {"looks": steady.looks},
        thresholds={
            "timeout_seconds": task.timeout.total_seconds(),
            "canary_within_seconds": task.canary_within.total_seconds(), "looks": probes.successes,
        },
        links={one.check: one.address for one in outcomes},
    )  # fmt: skip


def look(run: str) -> Sequence[Outcome]:
    """Every check once; ``run`` names the canary's event."""
    task = the_runbook().tasks.health_check
    checks = http_checks(settings.app_url, settings.api_url, task.paths, task.timeout.total_seconds())
    outcomes = make_all([*checks, _canary(re.sub(r"[^A-Za-z0-9-]", "", run))])
    if any(one.check == CANARY and one.result is Result.FAILED for one in outcomes):
        _keys.clear()  # they may have been replaced
    return outcomes


def _canary(run: str) -> Check:
    task = the_runbook().tasks.health_check
    if CANARY not in _keys:
        try:
            keys = read_keys(read_secret(aws_settings(), settings.canary_secret_arn))
        except (AwsUnavailable, AwsRefused) as error:
            return not_made(settings.api_url, Result.UNKNOWN, f"the canary's keys can't be read: {error}"[:500])
        if keys is None:
            return not_made(settings.api_url, Result.UNCONFIGURED, NOT_FILLED_IN)
        _keys[CANARY] = keys
    limits = Limits(timeout=task.timeout.total_seconds(), within=task.canary_within.total_seconds())
    return canary_check(settings.api_url, _keys[CANARY], run, limits)


def _probe(occasion: str, context: Context) -> dict[str, Any]:
    runbook = the_runbook()
    task, probes = runbook.tasks.health_check, runbook.probes
    rules = Rules(
        failures=probes.failures, successes=probes.successes,
        components={name: one.checks for name, one in runbook.components.items()},
    )  # fmt: skip
    longest = task.canary_within + 4 * task.timeout
    pace = Pace(again=probes.again_after, look=longest, remaining=remaining(context))
    probed = probe(ProbeStore(table), look, rules, pace, occasion, clock=_clock, sleep=sleep)
    if probed.result is not None:
        count = (COUNTED.get(probed.result, PROBES_SKIPPED), (), 1.0)
        put_points(signed_put_metric_data(aws_settings), settings.metrics_namespace, probed.at, [count])
    return {
        "result": probed.result.value if probed.result else "none", "looks": probed.looks, "told": list(probed.told),
        "unwell": [f"{one.check}: {one.why}" for one in probed.outcomes if one.result is not Result.PASSED],
    }  # fmt: skip


def _evidence(one: Outcome) -> dict[str, Any]:
    return {"result": one.result.value, "status": one.status, "milliseconds": one.milliseconds, "why": one.why}


def _clock() -> datetime:
    return datetime.now(UTC)
