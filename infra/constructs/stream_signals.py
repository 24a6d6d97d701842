"""What the worker says of the stream, as metrics and alarms.

The worker lives in a VPC without a way to CloudWatch's API: it logs numbers, and metric filters take them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from infra.constructs.metric_filter import take_values
from infra.monitoring import seconds

if TYPE_CHECKING:
    from infra.constructs.platform import Platform
    from infra.constructs.service_function import ServiceFunction

LENGTH = "StreamLength"
OLDEST = "StreamOldestSeconds"
STORED = "EventsStored"
REPEATED = "EventsRepeated"
DEAD_LETTERS = "DeadLetters"
# Metric → field of the worker's log lines. It logs the first three at the start of each run (once a minute at
# least), the others of each drain.
FIELDS = {
    LENGTH: "stream_length",
    OLDEST: "stream_oldest_seconds",
    DEAD_LETTERS: "dead_letters",
    STORED: "new",
    REPEATED: "repeated",
}
PERIOD = Duration.minutes(1)


class StreamSignals(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, worker: ServiceFunction) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        take_values(self, log_group=worker.log_group, platform=platform, fields=FIELDS)
        # Silence means that nothing drains: a scheduled worker says something each minute.
        self._alarm("stream_waiting", OLDEST, cloudwatch.TreatMissingData.BREACHING)
        self._alarm("dead_letters", DEAD_LETTERS, cloudwatch.TreatMissingData.IGNORE)

    def _alarm(self, name: str, metric: str, missing: cloudwatch.TreatMissingData) -> None:
        monitoring = self._platform.monitoring
        asked: dict[str, Any] = monitoring.runbook["alerts"][name]
        camel = "".join(word.capitalize() for word in name.split("_"))
        alarm = cloudwatch.Alarm(
            self,
            camel,
            alarm_name=self._platform.stage.physical_name(f"P09{camel}"),
            metric=cloudwatch.Metric(
                namespace=monitoring.namespace, metric_name=metric, statistic="Maximum", period=PERIOD
            ),
            threshold=asked["above"],
            evaluation_periods=seconds(asked["after"]) // PERIOD.to_seconds(),
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=missing,
            alarm_description=(
                f"[{asked['severity']}] {asked['title']}. {asked['do']} {monitoring.link(name.replace('_', '-'))}"
            ),
        )
        alarm.add_alarm_action(actions.SnsAction(self._platform.alarms))
        alarm.add_ok_action(actions.SnsAction(self._platform.alarms))
