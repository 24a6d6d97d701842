"""What watches the rest: KPIs, the runbook's tasks, the outbox; alarms, dashboard, saved queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Stack

from infra.acknowledge import acknowledge
from infra.constructs.backup_verification import BackupVerification
from infra.constructs.communication import Communication
from infra.constructs.daily_tasks import DailyTasks
from infra.constructs.evidence import Evidence
from infra.constructs.incident_response import IncidentResponse
from infra.constructs.kpi_alarms import KpiAlarms
from infra.constructs.operations_dashboard import OperationsDashboard
from infra.constructs.outbox import Outbox
from infra.constructs.people import People
from infra.constructs.promotion import Promotion
from infra.constructs.saved_queries import SavedQueries
from infra.constructs.scheduled_task import run_as_task, run_every
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito
    from constructs import Construct

    from infra.constructs.platform import DataServices, Platform

REPORTS = "kpi/*"


class OperationsStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        api_id: str,
        pool: cognito.IUserPool,
        console_url: str,
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._platform = platform
        self._data = data
        Outbox(self, "Outbox", platform=platform, data=data)
        IncidentResponse(self, "Incidents", platform=platform, data=data)
        Communication(self, "Communication", platform=platform, data=data, console_url=console_url)
        People(self, "People", platform=platform, data=data, pool=pool, console_url=console_url)
        self._kpi_evaluation()
        self._error_budget_review(console_url)
        self._missed_runs()
        daily = DailyTasks(self, "DailyTasks", platform=platform, data=data, url=console_url)
        Promotion(self, "Promotion", platform=platform, data=data, pipeline_secret=daily.pipeline_secret)
        BackupVerification(self, "Backups", platform=platform, data=data, console_url=console_url)
        Evidence(self, "Evidence", platform=platform, data=data)
        OperationsDashboard(self, "Operations", platform=platform, api_id=api_id)
        # MiniStack has neither metric math nor saved queries: local/left_out.toml says what stands in.
        if platform.stage.local is None:
            KpiAlarms(self, "Kpis", platform=platform)
            SavedQueries(self, "Questions", platform=platform)

    def _kpi_evaluation(self) -> None:
        stage, namespace = self._platform.stage, self._platform.monitoring.namespace
        evaluation = self._function(
            "kpi_evaluation",
            environment={"METRICS_NAMESPACE": namespace, "PROMETHEUS_URL": stage.prometheus_url},
            timeout=Duration.minutes(1),
        )
        evaluation.allow_table(self._data.operations)
        evaluation.allow("cloudwatch:GetMetricData", resources=["*"])
        evaluation.allow("cloudwatch:PutMetricData", resources=["*"], when={"cloudwatch:namespace": namespace})
        run_every(self, platform=self._platform, function=evaluation, name="kpi_evaluation")

    def _error_budget_review(self, console_url: str) -> None:
        review = self._function(
            "error_budget_review",
            environment={"REPORTS_BUCKET_NAME": self._data.archive.bucket_name, "CONSOLE_URL": console_url},
            timeout=Duration.minutes(1),
        )
        self._run_as_task(review, "error_budget_review")
        bucket = Stack.of(self._data.archive).export_value(self._data.archive.bucket_arn)
        review.allow("s3:PutObject", resources=[f"{bucket}/{REPORTS}"])
        review.allow_key("s3", "kms:Decrypt", "kms:GenerateDataKey")
        export = self.resolve(bucket)["Fn::ImportValue"]
        why = "Reports of every day, each under a name of its own, under one prefix"
        acknowledge(review.policy, {f"AwsSolutions-IAM5[Resource::{export}/{REPORTS}]": why})

    def _missed_runs(self) -> None:
        watcher = self._function("missed_runs", environment={}, timeout=Duration.minutes(1))
        watcher.allow_table(self._data.operations)
        run_every(self, platform=self._platform, function=watcher, name="missed_runs")

    def _function(self, name: str, *, environment: dict[str, str], timeout: Duration) -> ServiceFunction:
        """One that talks to APIs of AWS alone, and to the operations table in any case."""
        return ServiceFunction(
            self,
            name,
            platform=self._platform,
            environment={"OPERATIONS_TABLE_NAME": self._data.operations.table_name, **environment},
            reserved_concurrency=getattr(self._platform.stage.sizes.concurrency, name),
            timeout=timeout,
            memory_mb=512,
            in_network=False,
        )

    def _run_as_task(self, function: ServiceFunction, task: str) -> None:
        run_as_task(self, platform=self._platform, data=self._data, function=function, task=task)
