"""Announcements: the function that sends them, the secrets that say where to, the topic of e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import CfnOutput, Duration, SecretValue
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.metric_filter import take_values
from infra.constructs.rule import on_event
from infra.constructs.scheduled_task import run_every
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform

DEAD = "DeadMessages"
PERIOD = Duration.minutes(5)
GAVE_UP = "Messages were given up or refused: Slack, a webhook or a secret is wrong. Read why, mend it, replay them."
BY_HAND = "Slack and the receivers of webhooks issue what is in it: people put a new one here, the next run reads it"
SECRET_REASONS = {"AwsSolutions-SMG4": BY_HAND, "NIST.800.53.R5-SecretsManagerRotationEnabled": BY_HAND}
ANNOUNCED = {
    "p09.access": ["DatabaseCredentialIssued", "DatabaseCredentialEnded", "BreakGlassApproved"],
    "p09.incidents": ["IncidentChanged", "ReviewChanged"],
    "p09.calendar": ["CalendarChanged"],
    "p09.deployments": ["DeploymentChanged"],
    "p09.communication": ["MessageQueued"],
}
VERDICTS = ["TaskPassed", "TaskFailed", "TaskUnconfigured", "TaskTimedOut", "TaskMissed"]


class Communication(Construct):
    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices, console_url: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self._data = data
        slack, webhooks = self._secret("Slack"), self._secret("Webhooks")
        topic = self._email_topic()
        self.function = ServiceFunction(
            self,
            "notifier",
            platform=platform,
            environment={
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "SLACK_SECRET_ARN": slack.secret_arn,
                "WEBHOOKS_SECRET_ARN": webhooks.secret_arn,
                "EMAIL_TOPIC_ARN": topic.topic_arn,
                "CONSOLE_URL": console_url,
                "OUTGOING_ALLOWED": platform.stage.local.slack_url if platform.stage.local else "",
            },
            reserved_concurrency=platform.stage.sizes.concurrency.notifier,
            timeout=Duration.minutes(1),
            memory_mb=512,
            in_network=False,
        )
        self.function.allow_table(data.operations)
        self.function.allow_secrets(slack, webhooks)
        self.function.allow("sns:GetTopicAttributes", "sns:Publish", resources=[topic.topic_arn])
        self.function.allow_key("sns", "kms:Decrypt", "kms:GenerateDataKey")
        self._listen()
        run_every(self, platform=platform, function=self.function, name="notifier")
        self._alarm()

    def _secret(self, what: str) -> secretsmanager.ISecret:
        """Empty until somebody fills it in; a deployment leaves it alone."""
        name = self._platform.stage.physical_name(what.lower())
        if self._platform.stage.local:
            return secretsmanager.Secret.from_secret_name_v2(self, what, name)
        secret = secretsmanager.Secret(
            self,
            what,
            secret_name=name,
            encryption_key=self._platform.key,
            secret_string_value=SecretValue.unsafe_plain_text("{}"),
        )
        acknowledge(secret, SECRET_REASONS)
        resource = cast("secretsmanager.CfnSecret", secret.node.default_child)
        return secretsmanager.Secret.from_secret_complete_arn(self, f"{what}ByArn", resource.attr_id)

    def _email_topic(self) -> sns.Topic:
        name = self._platform.stage.physical_name("announcements")
        topic = sns.Topic(self, "Email", topic_name=name, master_key=self._platform.key, enforce_ssl=True)
        for address in self._platform.stage.announce_to:
            topic.add_subscription(subscriptions.EmailSubscription(address))
        CfnOutput(self, "TopicArn", value=topic.topic_arn)
        return topic

    def _listen(self) -> None:
        reports = self._platform.monitoring.runbook["communication"]["reports"]
        for source, kinds in ANNOUNCED.items():
            self._on(
                source, events.EventPattern(source=[source], detail_type=kinds), f"{', '.join(kinds)} are announced"
            )
        of_reports = events.EventPattern(source=["p09.runbook"], detail_type=VERDICTS, detail={"task": reports})
        self._on("p09.runbook", of_reports, "Verdicts of these tasks are announced, passed or not")

    def _on(self, source: str, pattern: events.EventPattern, description: str) -> None:
        construct_id = f"{source.removeprefix('p09.').capitalize()}Told"
        on_event(self, construct_id, data=self._data, function=self.function, pattern=pattern, description=description)

    def _alarm(self) -> None:
        """The sweep says each minute how many there are: the alarm lasts until they are replayed."""
        platform = self._platform
        take_values(self, log_group=self.function.log_group, platform=platform, fields={DEAD: "dead_messages"})
        alarm = cloudwatch.Alarm(
            self,
            "DeadMessages",
            alarm_name=platform.stage.physical_name("P09DeadMessages"),
            metric=cloudwatch.Metric(
                namespace=platform.monitoring.namespace, metric_name=DEAD, statistic="Maximum", period=PERIOD
            ),
            threshold=0,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
            alarm_description=f"[ticket] {GAVE_UP} {platform.monitoring.link('communication')}",
        )
        alarm.add_alarm_action(actions.SnsAction(platform.alarms))
        alarm.add_ok_action(actions.SnsAction(platform.alarms))
