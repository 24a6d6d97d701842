"""What takes each change to production: the function, its workflow, the rule that begins and wakes it, the alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.daily_tasks import github_url
from infra.constructs.promotion_workflow import NAME, PromotionWorkflow
from infra.constructs.rule import on_event
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from aws_cdk import aws_secretsmanager as secretsmanager

    from infra.constructs.platform import DataServices, Platform

PERIOD = Duration.minutes(5)
FAILED = (
    "A change was rolled back, or the workflow of one broke off. Its execution says which; "
    "mend the cause, then redrive an execution that broke off: it goes on where it was."
)


class Promotion(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        pipeline_secret: secretsmanager.ISecret,
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self.function = self._function(data, pipeline_secret)
        seconds = platform.stage.sizes.promotion_look_seconds
        self.workflow = PromotionWorkflow(
            self, "Workflow", platform=platform, function=self.function, look_again=Duration.seconds(seconds)
        )
        on_event(
            self,
            "Changes",
            data=data,
            function=self.function,
            pattern=events.EventPattern(source=["p09.deployments"], detail_type=["DeploymentChanged"]),
            description="What happens to a change begins its workflow, and wakes it",
        )
        self._alarm()

    def _function(self, data: DataServices, pipeline_secret: secretsmanager.ISecret) -> ServiceFunction:
        stage, stack = self._platform.stage, Stack.of(self)
        # Known by its name: the workflow comes after the function that it invokes.
        arn = stack.format_arn(
            service="states",
            resource="stateMachine",
            resource_name=stage.physical_name(NAME),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        function = ServiceFunction(
            self,
            "promotion",
            platform=self._platform,
            environment={
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "PROMOTION_WORKFLOW_ARN": arn,
                "PIPELINE_SECRET_ARN": pipeline_secret.secret_arn,
                "GITHUB_URL": github_url(stage),
                "LOOK_AGAIN_SECONDS": str(stage.sizes.promotion_look_seconds),
            },
            reserved_concurrency=stage.sizes.concurrency.promotion,
            timeout=Duration.seconds(30),
            memory_mb=512,
            in_network=False,
        )
        function.allow_table(data.operations)
        function.allow_secrets(pipeline_secret)
        function.allow("states:StartExecution", resources=[arn])
        function.allow("states:SendTaskSuccess", resources=["*"])
        return function

    def _alarm(self) -> None:
        machine = self.workflow.machine
        ended = {
            "failed": machine.metric_failed(period=PERIOD, statistic="Sum"),
            "late": machine.metric_timed_out(period=PERIOD, statistic="Sum"),
        }
        for what, metric in ended.items():
            alarm = cloudwatch.Alarm(
                self,
                f"{what.capitalize()}Promotions",
                alarm_name=self._platform.stage.physical_name(f"promotion-workflow-{what}"),
                metric=metric,
                threshold=0,
                evaluation_periods=1,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
                alarm_description=f"[ticket] {FAILED} {self._platform.monitoring.link('crashes')}",
            )
            alarm.add_alarm_action(actions.SnsAction(self._platform.alarms))
            alarm.add_ok_action(actions.SnsAction(self._platform.alarms))
