"""Who opens and follows incidents: rules on the bus, alarms, and a look each minute at what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.backup_plan import role_arn
from infra.constructs.rule import on_event
from infra.constructs.scheduled_task import run_every
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform

# Source → detail-types that say that something fails or is well again.
SIGNALS = {
    "p09.access": [
        "AuditAltered",
        "BreakGlassUnapproved",
        "BreakGlassApproved",
        "DatabaseRoleUnexpected",
        "DatabaseRoleSettled",
    ],
    "p09.backups": ["DrillPassed", "DrillFailed"],
    "p09.health": ["ProbeFailed", "ProbeRecovered"],
    "p09.kpi": ["KpiBreached", "KpiRecovered", "BudgetExhausted", "KpiDataMissing", "KpiDataReturned"],
    "p09.runbook": ["TaskPassed", "TaskFailed", "TaskUnconfigured", "TaskTimedOut", "TaskMissed"],
}
# A vault's topic would get prose, and of failed backups nothing.
BACKUP_JOBS = ["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"]


class IncidentResponse(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices) -> None:
        super().__init__(scope, construct_id)
        self.function = ServiceFunction(
            self,
            "incident_responder",
            platform=platform,
            environment={"OPERATIONS_TABLE_NAME": data.operations.table_name},
            reserved_concurrency=platform.stage.sizes.concurrency.incident_responder,
            timeout=Duration.seconds(30),
            memory_mb=512,
            in_network=False,
        )
        self.function.allow_table(data.operations)
        for source, kinds in SIGNALS.items():
            on_event(
                self,
                f"{source.removeprefix('p09.').capitalize()}Signals",
                data=data,
                function=self.function,
                pattern=events.EventPattern(source=[source], detail_type=kinds),
                description=f"What {source} says of something that fails or is well again",
            )
        on_event(
            self,
            "BackupJobs",
            data=None,
            function=self.function,
            pattern=events.EventPattern(
                source=["aws.backup"], detail_type=BACKUP_JOBS, detail={"iamRoleArn": [role_arn(self, platform.stage)]}
            ),
            description="What AWS Backup says of backups, copies and restores that it makes for this stage",
        )
        # What can't be delivered goes where the function's own failures go.
        platform.alarms.add_subscription(
            subscriptions.LambdaSubscription(self.function.function, dead_letter_queue=self.function.failures)
        )
        run_every(self, platform=platform, function=self.function, name="incident_responder")
