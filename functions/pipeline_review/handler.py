"""The 20:00 task: what the deployment pipeline's runs and the changes of the last day say."""

from datetime import datetime
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.pipeline_review.finding import finding, limits_of, review_finding, with_changes
from functions.pipeline_review.settings import Settings
from shared.changes.rolled_back import undone
from shared.changes.store import WAITED, ChangeStore
from shared.delivery.github import Access, GitHub, read_access
from shared.delivery.pipeline import Limits, PipelineUnavailable, look, review
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.secrets import read_secret
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore

ASKING_SECONDS: Final = 120.0  # less than the function's own timeout: being slow is a finding, not a crash
ABSENT: Final = ("ResourceNotFoundException",)
NOT_FILLED_IN: Final = (
    "the pipeline is not configured: its secret needs a repository (owner/name) and a token for its Actions"
)

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)
store, changes = RunStore(table), ChangeStore(table)


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    report = run_task(store, event, check, remaining=remaining(context))
    logger.info("done", extra=report)
    return report


def check(now: datetime) -> Finding:
    limits = limits_of(the_runbook())
    gone_back = list(undone(changes.planned_between(now - WAITED, now), now - limits.look_back, now))
    return with_changes(_pipeline(limits, now), gone_back)


def _pipeline(limits: Limits, now: datetime) -> Finding:
    try:
        access = _access()
        if access is None:
            return finding(Verdict.UNCONFIGURED, NOT_FILLED_IN, limits)
        looked = look(GitHub(settings.github_url, access, within=ASKING_SECONDS), limits, now)
    except (PipelineUnavailable, AwsUnavailable, AwsRefused, ValueError) as error:
        return finding(Verdict.FAILED, str(error), limits)
    return review_finding(review(looked, limits), looked, access.repository, limits)


def _access() -> Access | None:
    """Raises ValueError for a secret that is filled in wrongly."""
    try:
        return read_access(read_secret(aws_settings(), settings.pipeline_secret_arn))
    except AwsRefused as error:
        if error.code in ABSENT:
            return None
        raise
