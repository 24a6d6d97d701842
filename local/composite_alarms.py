"""The alarms on KPIs on this machine, and the composites over them.

MiniStack's CloudFormation knows neither composite alarms nor metric math; its alarms mix all dimensions of a
metric, and never see that one is missing. So the alarms are put by the API under their own names, and judged
here as CloudWatch would; what follows (composites, actions, history) is MiniStack's.
"""

import json
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from local.metric_math import Value, value_of
from local.state import ROOT

ALARMS: Final = ROOT / "monitoring" / "cloudwatch" / "alarms.json"
STAGE: Final = "local"
# No metric is ever there: MiniStack leaves the state of an alarm on it alone.
_UNMEASURED: Final = "P09/judged-elsewhere"
_MISSING: Final = {"breaching": "ALARM", "notBreaching": "OK"}
_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_ADDED: Final[Mapping[str, Callable[[Iterable[float]], float]]] = {"Sum": sum, "Maximum": max, "Minimum": min}


class KpiAlarms:
    """Reads what `make generate` wrote; ``cloudwatch`` is a boto3 client of the local AWS."""

    def __init__(self, cloudwatch: Any, text: str | None = None) -> None:
        self._cloudwatch = cloudwatch
        found = json.loads((text or ALARMS.read_text()).replace("${Stage}", STAGE))
        self._namespace: str = found["namespace"]
        self._alarms: list[dict[str, Any]] = found["metric_alarms"]
        self._composites: list[dict[str, Any]] = found["composite_alarms"]

    def put(self, topic: str) -> None:
        """Create or renew all of them; those with a severity tell ``topic`` (an ARN)."""
        for alarm in self._alarms:
            self._cloudwatch.put_metric_alarm(
                AlarmName=_name(alarm["id"]),
                Namespace=_UNMEASURED,
                MetricName=alarm["id"],
                Statistic=alarm["statistic"],
                Period=alarm["period_seconds"],
                EvaluationPeriods=alarm["evaluation_periods"],
                ComparisonOperator=alarm["comparison"],
                Threshold=alarm["threshold"],
                TreatMissingData=alarm["treat_missing_data"],
                **_told(alarm, topic),
            )
        for composite in self._composites:
            rule = " AND ".join(f'ALARM("{_name(part)}")' for part in composite["all_of"])
            name = _name(composite["id"])
            self._cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule=rule, **_told(composite, topic))

    def judge(self, now: datetime) -> dict[str, str]:
        """Set the states that have changed, as CloudWatch does each minute; the changed ones by alarm's name."""
        values = self._values(now)
        names = [_name(alarm["id"]) for alarm in self._alarms]
        told = self._cloudwatch.describe_alarms(AlarmNames=names, MaxRecords=100)["MetricAlarms"]
        before = {alarm["AlarmName"]: alarm["StateValue"] for alarm in told}
        changed = {}
        for alarm, name in zip(self._alarms, names, strict=True):
            state, reason = _judged(alarm, values[alarm["id"]], before[name])
            if state != before[name]:
                self._cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)
                changed[name] = state
        return changed

    def _values(self, now: datetime) -> dict[str, Value]:
        """Each alarm's value over its own period. One call for each length of period."""
        by_period = defaultdict(list)
        for alarm in self._alarms:
            by_period[alarm["period_seconds"]].append(alarm)
        return {
            alarm_id: value
            for period, alarms in by_period.items()
            for alarm_id, value in self._values_over(alarms, timedelta(seconds=period), now).items()
        }

    def _values_over(self, alarms: list[dict[str, Any]], period: timedelta, now: datetime) -> dict[str, Value]:
        asked = [(alarm, metric_id, metric) for alarm in alarms for metric_id, metric in alarm["metrics"].items()]
        queries = [self._query(f"q{n}", alarm, metric) for n, (alarm, _, metric) in enumerate(asked)]
        answer = self._cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=now - period, EndTime=now)
        points = {result["Id"]: result["Values"] for result in answer["MetricDataResults"]}
        found: dict[str, dict[str, Value]] = defaultdict(dict)
        for n, (alarm, metric_id, _) in enumerate(asked):
            # A period that is not aligned with the clock comes in two parts.
            parts = points[f"q{n}"]
            found[alarm["id"]][metric_id] = _ADDED[alarm["statistic"]](parts) if parts else None
        return {alarm["id"]: value_of(alarm["expression"], found[alarm["id"]]) for alarm in alarms}

    def _query(self, query_id: str, alarm: dict[str, Any], metric: str) -> dict[str, Any]:
        dimensions = [{"Name": name, "Value": value} for name, value in alarm["dimensions"].items()]
        named = {"Namespace": self._namespace, "MetricName": metric, "Dimensions": dimensions}
        measured = {"Metric": named, "Period": alarm["period_seconds"], "Stat": alarm["statistic"]}
        return {"Id": query_id, "MetricStat": measured}


def _judged(alarm: dict[str, Any], value: Value, before: str) -> tuple[str, str]:
    if value is None:
        return _MISSING.get(alarm["treat_missing_data"], before), "No data in the period"
    breaching = _COMPARISONS[alarm["comparison"]](value, alarm["threshold"])
    words = f"{alarm['expression']} is {value:g} ({alarm['comparison']} {alarm['threshold']:g})"
    return "ALARM" if breaching else "OK", words


def _told(alarm: dict[str, Any], topic: str) -> dict[str, Any]:
    if "severity" not in alarm:
        return {}
    description = f"[{alarm['severity']}] {alarm['title']}. {alarm['description']}"
    return {"AlarmDescription": description, "AlarmActions": [topic], "OKActions": [topic]}


def _name(alarm_id: str) -> str:
    return f"p09-{STAGE}-{alarm_id}"
