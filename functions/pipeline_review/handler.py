"""The 20:00 task: what the deployment pipeline's runs and the changes of the last day say."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.pipeline_review.settings import Settings
from shared.changes.rolled_back import Undone, undone
from shared.changes.store import WAITED, ChangeStore
from shared.delivery.github import Access, GitHub, read_access
from shared.delivery.pipeline import Limits, Looked, PipelineUnavailable, Review, look, review
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.secrets import read_secret
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict, digest
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore

ASKING_SECONDS: Final = 120.0  # less than the function's own timeout: being slow is a finding, not a crash
ABSENT: Final = ("ResourceNotFoundException",)
NOT_FILLED_IN: Final = (
    "the pipeline is not configured: its secret needs a repository (owner/name) and a token for its Actions"
)
SHOWN: Final = 20  # of each kind, in the evidence

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)
store, changes = RunStore(table), ChangeStore(table)


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    report = run_task(store, event, check, remaining=remaining(context))
    logger.info("done", extra=report)
    return report


def check(now: datetime) -> Finding:
    limits = _limits()
    gone_back = list(undone(changes.planned_between(now - WAITED, now), now - limits.look_back, now))
    return _with_changes(_pipeline(limits, now), gone_back)


def _with_changes(found: Finding, gone_back: Sequence[Undone]) -> Finding:
    """A change that was rolled back is a regression, whatever the pipeline's host says or does not say."""
    measured = {**found.measured, "rolled_back": [one.change for one in gone_back]}
    if not gone_back:
        return replace(found, measured=measured)
    faults = [*map(str, gone_back), *((found.why,) if found.verdict is not Verdict.PASSED else ())]
    return replace(found, verdict=Verdict.FAILED, why="; ".join(faults)[:1000], measured=measured)


def _pipeline(limits: Limits, now: datetime) -> Finding:
    try:
        access = _access()
        if access is None:
            return _finding(Verdict.UNCONFIGURED, NOT_FILLED_IN, limits)
        looked = look(GitHub(settings.github_url, access, within=ASKING_SECONDS), limits, now)
    except (PipelineUnavailable, AwsUnavailable, AwsRefused, ValueError) as error:
        return _finding(Verdict.FAILED, str(error), limits)
    found = review(looked, limits)
    return _finding(*_verdict(found, looked), limits, **_evidence(found, looked, access))


def _access() -> Access | None:
    """Raises ValueError for a secret that is filled in wrongly."""
    try:
        return read_access(read_secret(aws_settings(), settings.pipeline_secret_arn))
    except AwsRefused as error:
        if error.code in ABSENT:
            return None
        raise


def _verdict(found: Review, looked: Looked) -> tuple[Verdict, str]:
    if found.faults:
        return Verdict.FAILED, "; ".join(found.faults)
    if found.judged == 0:
        why = (
            f"no run of {looked.default_branch} ended in this time ({found.under_way} are under way): nothing to judge"
        )
        return Verdict.UNCONFIGURED, why
    if found.left_out:
        return Verdict.UNCONFIGURED, f"{found.left_out} runs were too many to be looked into; the others are well"
    return Verdict.PASSED, f"{found.judged} runs of {looked.default_branch} ended well, none slower than usual"


def _evidence(found: Review, looked: Looked, access: Access) -> dict[str, Any]:
    measured = {
        "repository": access.repository, "branch": looked.default_branch, "runs": len(looked.runs),
        "judged": found.judged, "under_way": found.under_way, "left_out": found.left_out,
        "failures": len(found.failures), "flaky": len(found.flaky), "regressions": len(found.regressions),
        "not_compared": list(found.not_compared)[:SHOWN],
        "slower": [
            {
                "job": f"{one.workflow} / {one.job}", "seconds": one.took.total_seconds(),
                "median_seconds": one.median.total_seconds(), "samples": one.samples,
            }
            for one in found.regressions[:SHOWN]
        ],
    }  # fmt: skip
    concerned = [
        *((f"{run.workflow} at {run.commit[:7]}", run.url) for run in found.failures),
        *((f"{job.workflow} / {job.name}, flaky", job.url) for job in found.flaky),
        *((f"{one.workflow} / {one.job}, slower", one.url) for one in found.regressions),
    ]
    inputs = {
        "runs": digest([asdict(run) for run in looked.runs]),
        "jobs": digest([asdict(job) for job in looked.recent]),
    }
    return {"measured": measured, "links": dict(concerned[: 3 * SHOWN]), "inputs": inputs}


def _limits() -> Limits:
    task = the_runbook().tasks.pipeline_review
    return Limits(
        look_back=task.look_back, history=task.history, minimum_history=task.minimum_history,
        slower_by_share=float(task.slower_percent / 100), slower_by=task.slower_by,
    )  # fmt: skip


def _finding(verdict: Verdict, why: str, limits: Limits, **evidence: Any) -> Finding:
    thresholds = {
        name: value.total_seconds() if isinstance(value, timedelta) else value for name, value in asdict(limits).items()
    }
    return Finding(verdict=verdict, why=f"{why[:1].upper()}{why[1:]}"[:1000], thresholds=thresholds, **evidence)
