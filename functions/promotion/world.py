"""What the workflow's actions work with: changes, how things stand for their gates, Step Functions, the pipeline."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from functions.promotion.settings import Settings
from shared.calendar.store import CalendarStore
from shared.changes.changes import Changes
from shared.changes.model import Change
from shared.changes.promotion import BY, World
from shared.changes.store import ChangeStore
from shared.changes.waits import WaitStore
from shared.delivery.github import GitHub, read_access
from shared.delivery.pipeline import PipelineRefused
from shared.incidents.store import IncidentStore
from shared.kpi.store import KpiStore
from shared.platform.aws.dynamodb import Table
from shared.platform.aws.secrets import read_secret
from shared.platform.aws.signed import AwsRefused, call
from shared.platform.settings import aws_settings
from shared.runbook.load import the_runbook
from shared.together.gate_facts import GateFacts

WORKFLOW: Final = "promote.yml"
"""The file in .github/workflows; its input `change` is the change's id."""

ASKING_SECONDS: Final = 20.0
ABSENT: Final = ("ResourceNotFoundException",)
EXISTS: Final = ("ExecutionAlreadyExists",)
OVER: Final = ("TaskDoesNotExist", "TaskTimedOut")  # somebody else was faster


def world(settings: Settings, table: Table) -> World:
    store, delivery = ChangeStore(table), the_runbook().delivery
    facts = GateFacts(
        kpis=KpiStore(table), calendar=CalendarStore(table), incidents=IncidentStore(table),
        evaluated_within=delivery.evaluated_within,
    )  # fmt: skip

    def changes(now: datetime) -> Changes:
        return Changes(store, facts.at(now), by=BY, now=now, valid_for=delivery.approval_valid_for)

    return World(
        store=store,
        waits=WaitStore(table),
        workflows=StepFunctions(settings.promotion_workflow_arn),
        changes=changes,
        dispatch=lambda change: dispatch(settings, change),
        look_again=timedelta(seconds=int(settings.look_again_seconds)),
    )


def dispatch(settings: Settings, change: Change) -> str:
    """Ask the pipeline to deploy a change. What it does is claim it first, which is granted once. Raises PipelineUnavailable."""
    if change.plan.demo:
        return f"A demo, which no pipeline deploys: whoever shows it goes on with `p09 change promote {change.id}`"
    try:
        access = read_access(read_secret(aws_settings(), settings.pipeline_secret_arn))
    except AwsRefused as error:
        if error.code not in ABSENT:
            raise
        access = None
    if access is None:
        return f"No pipeline is configured: whoever deploys it takes over with `p09 change promote {change.id}`"
    try:
        GitHub(settings.github_url, access, within=ASKING_SECONDS).dispatch(WORKFLOW, {"change": change.id})
    except PipelineRefused as error:
        return (
            f"The pipeline does not deploy it ({error}): whoever does takes over with `p09 change promote {change.id}`"
        )
    return f"The pipeline was asked to deploy it: {WORKFLOW} of {access.repository}"


@dataclass(frozen=True)
class StepFunctions:
    workflow_arn: str

    def start(self, change: str) -> None:
        self._call("StartExecution", EXISTS, stateMachineArn=self.workflow_arn, name=change,
                   input=json.dumps({"change": change}))  # fmt: skip

    def wake(self, token: str) -> None:
        self._call("SendTaskSuccess", OVER, taskToken=token, output="{}")

    @staticmethod
    def _call(operation: str, harmless: tuple[str, ...], **body: Any) -> None:
        try:
            call(aws_settings(), "states", f"AWSStepFunctions.{operation}", body, json_version="1.0")
        except AwsRefused as error:
            if error.code not in harmless:
                raise
