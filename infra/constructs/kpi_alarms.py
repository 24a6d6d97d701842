"""Alarms on KPIs, as the runbook's data describe them: what a metric can't say alone, a composite says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.acknowledge import acknowledge

if TYPE_CHECKING:
    from infra.constructs.platform import Platform

# One metric, taken as it is: no metric math, which costs for each metric that it reads.
AS_IT_IS = "m0"
PART_REASON = "One of the windows of a composite alarm, which tells people when all of them agree"


class KpiAlarms(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        monitoring = platform.monitoring
        self._alarms = {one["id"]: self._metric_alarm(one) for one in monitoring.metric_alarms}
        for one in monitoring.composite_alarms:
            self._composite_alarm(one)

    def _metric_alarm(self, alarm: dict[str, Any]) -> cloudwatch.CfnAlarm:
        found = cloudwatch.CfnAlarm(
            self,
            alarm["id"],
            alarm_name=self._name(alarm["id"]),
            evaluation_periods=alarm["evaluation_periods"],
            comparison_operator=alarm["comparison"],
            threshold=alarm["threshold"],
            treat_missing_data=alarm["treat_missing_data"],
            **self._measured(alarm),
            **self._told(alarm),
        )
        if "severity" not in alarm:
            acknowledge(found, {"NIST.800.53.R5-CloudWatchAlarmAction": PART_REASON})
        return found

    def _measured(self, alarm: dict[str, Any]) -> dict[str, Any]:
        if alarm["expression"] == AS_IT_IS:
            return {
                "namespace": self._platform.monitoring.namespace,
                "metric_name": alarm["metrics"][AS_IT_IS],
                "dimensions": [
                    cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
                    for name, value in alarm["dimensions"].items()
                ],
                "statistic": alarm["statistic"],
                "period": alarm["period_seconds"],
            }
        ratio = cloudwatch.CfnAlarm.MetricDataQueryProperty(
            id="judged", expression=alarm["expression"], return_data=True
        )
        return {"metrics": [ratio, *(self._query(alarm, *one) for one in alarm["metrics"].items())]}

    def _query(self, alarm: dict[str, Any], query_id: str, metric: str) -> cloudwatch.CfnAlarm.MetricDataQueryProperty:
        return cloudwatch.CfnAlarm.MetricDataQueryProperty(
            id=query_id,
            return_data=False,
            metric_stat=cloudwatch.CfnAlarm.MetricStatProperty(
                metric=cloudwatch.CfnAlarm.MetricProperty(
                    namespace=self._platform.monitoring.namespace, metric_name=metric
                ),
                period=alarm["period_seconds"],
                stat=alarm["statistic"],
            ),
        )

    def _composite_alarm(self, alarm: dict[str, Any]) -> None:
        composite = cloudwatch.CfnCompositeAlarm(
            self,
            alarm["id"],
            alarm_name=self._name(alarm["id"]),
            alarm_rule=" AND ".join(f'ALARM("{self._name(part)}")' for part in alarm["all_of"]),
            **self._told(alarm),
        )
        for part in alarm["all_of"]:
            composite.add_resource_dependency(self._alarms[part])

    def _told(self, alarm: dict[str, Any]) -> dict[str, Any]:
        if "severity" not in alarm:
            return {"alarm_description": PART_REASON}
        topic = self._platform.alarms.topic_arn
        description = f"[{alarm['severity']}] {alarm['title']}. {alarm['description']}"
        return {"alarm_description": description, "alarm_actions": [topic], "ok_actions": [topic]}

    def _name(self, alarm_id: str) -> str:
        return self._platform.stage.physical_name(alarm_id)
