"""What watches the rest: the KPIs' evaluation with its schedules, alarms, dashboard, saved queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Stack

from infra.acknowledge import acknowledge
from infra.constructs.kpi_alarms import KpiAlarms
from infra.constructs.operations_dashboard import OperationsDashboard
from infra.constructs.saved_queries import SavedQueries
from infra.constructs.schedule import SCHEDULED_TIME, schedule
from infra.constructs.service_function import ServiceFunction
from infra.monitoring import seconds

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.platform import DataServices, Platform

REPORTS = "kpi/*"
READ_AND_WRITE = (
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
RETRIES = 2


class OperationsStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        api_id: str,
        console_url: str,
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._platform = platform
        self.evaluation = self._kpi_evaluation(data, console_url)
        self._evaluate_every_slice()
        self._review_the_budget_every_day()
        OperationsDashboard(self, "Operations", platform=platform, api_id=api_id)
        # MiniStack has neither metric math nor saved queries: local/left_out.toml says what stands in.
        if platform.stage.local is None:
            KpiAlarms(self, "Kpis", platform=platform)
            SavedQueries(self, "Questions", platform=platform)

    def _kpi_evaluation(self, data: DataServices, console_url: str) -> ServiceFunction:
        stage, namespace = self._platform.stage, self._platform.monitoring.namespace
        evaluation = ServiceFunction(
            self,
            "kpi_evaluation",
            platform=self._platform,
            environment={
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "EVENT_BUS_NAME": data.bus.event_bus_name,
                "METRICS_NAMESPACE": namespace,
                "PROMETHEUS_URL": stage.prometheus_url,
                "REPORTS_BUCKET_NAME": data.archive.bucket_name,
                "CONSOLE_URL": console_url,
            },
            reserved_concurrency=stage.sizes.concurrency.kpi_evaluation,
            timeout=Duration.minutes(1),
            memory_mb=512,
            in_network=False,
        )
        evaluation.allow_table(data.operations, *READ_AND_WRITE)
        evaluation.allow("cloudwatch:GetMetricData", resources=["*"])
        evaluation.allow("cloudwatch:PutMetricData", resources=["*"], when={"cloudwatch:namespace": namespace})
        evaluation.allow("events:PutEvents", resources=[data.bus.event_bus_arn])
        self._allow_reports(evaluation, data)
        return evaluation

    def _allow_reports(self, evaluation: ServiceFunction, data: DataServices) -> None:
        bucket = Stack.of(data.archive).export_value(data.archive.bucket_arn)
        evaluation.allow("s3:GetObject", "s3:PutObject", resources=[f"{bucket}/{REPORTS}"])
        evaluation.allow_key("s3", "kms:Decrypt", "kms:GenerateDataKey")
        export = self.resolve(bucket)["Fn::ImportValue"]
        why = "Reports of every day, each under a name of its own, under one prefix"
        acknowledge(evaluation.policy, {f"AwsSolutions-IAM5[Resource::{export}/{REPORTS}]": why})

    def _evaluate_every_slice(self) -> None:
        task = "kpi_evaluation"
        schedule(
            self,
            "EverySlice",
            platform=self._platform,
            name="kpi-evaluation-every-slice",
            function=self.evaluation,
            expression=self._platform.monitoring.every(task),
            # The next slice's evaluation does this one's work as well.
            retries=RETRIES,
            max_age=Duration.seconds(seconds(self._platform.monitoring.runbook["schedules"][task]["every"])),
            event={"task": task, "scheduled_time": SCHEDULED_TIME},
        )

    def _review_the_budget_every_day(self) -> None:
        task = "error_budget_review"
        schedule(
            self,
            "EveryDay",
            platform=self._platform,
            name="error-budget-review",
            function=self.evaluation,
            expression=self._platform.monitoring.daily(task),
            # After it the task counts as missed.
            retries=RETRIES,
            max_age=Duration.seconds(seconds(self._platform.monitoring.runbook["tasks"][task]["grace"])),
            event={"task": task, "scheduled_time": SCHEDULED_TIME},
        )
