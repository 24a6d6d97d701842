from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from local.composite_alarms import ALARMS, KpiAlarms

NOW = datetime(2026, 11, 23, 12, 2, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-1:000000000000:alarms"


def _alarm(alarm_id: str, **others: Any) -> dict[str, Any]:
    return {
        "id": alarm_id,
        "metrics": {"requests": "Requests", "m0": "ServerErrors"},
        "dimensions": {},
        "statistic": "Sum",
        "expression": "IF(FILL(requests, 0) >= 200, FILL(m0, 0) / requests, 0)",
        "period_seconds": 300,
        "evaluation_periods": 1,
        "comparison": "GreaterThanThreshold",
        "threshold": 0.01,
        "treat_missing_data": "notBreaching",
        **others,
    }


ONE_METRIC = {"metrics": {"m0": "BurnAlert"}, "expression": "m0", "statistic": "Maximum", "threshold": 0.0}
TOLD = {"severity": "page", "title": "Too many", "description": "Roll back. https://example.com#a"}
DEFINITIONS = json.dumps(
    {
        "namespace": "P09/${Stage}",
        "metric_alarms": [
            _alarm("P09Long", period_seconds=3600),
            _alarm("P09Short"),
            _alarm("P09Evaluated", **ONE_METRIC, dimensions={"Kpi": "latency"}),
            _alarm("P09Silent", **ONE_METRIC, treat_missing_data="breaching", **TOLD),
        ],
        "composite_alarms": [{"id": "P09Burn", "all_of": ["P09Long", "P09Short"], **TOLD}],
    }
)


class FakeCloudWatch:
    """Keeps points as (metric, dimensions, when, value), alarms and states as they were put."""

    def __init__(self) -> None:
        self.points: list[tuple[str, dict[str, str], datetime, float]] = []
        self.alarms: dict[str, dict[str, Any]] = {}
        self.composites: dict[str, dict[str, Any]] = {}
        self.states: dict[str, str] = {}

    def put_metric_alarm(self, **alarm: Any) -> None:
        self.alarms[alarm["AlarmName"]] = alarm
        self.states.setdefault(alarm["AlarmName"], "INSUFFICIENT_DATA")

    def put_composite_alarm(self, **alarm: Any) -> None:
        self.composites[alarm["AlarmName"]] = alarm

    def describe_alarms(self, *, AlarmNames: list[str], MaxRecords: int) -> dict[str, Any]:  # noqa: N803  # boto3's names
        found = [{"AlarmName": name, "StateValue": self.states[name]} for name in AlarmNames]
        return {"MetricAlarms": found[:MaxRecords]}

    def set_alarm_state(self, *, AlarmName: str, StateValue: str, StateReason: str) -> None:  # noqa: N803  # boto3's names
        assert StateReason
        self.states[AlarmName] = StateValue

    def get_metric_data(
        self, *, MetricDataQueries: list[dict[str, Any]], StartTime: datetime, EndTime: datetime  # noqa: N803  # boto3's names
    ) -> dict[str, Any]:  # fmt: skip
        return {"MetricDataResults": [self._result(query, StartTime, EndTime) for query in MetricDataQueries]}

    def _result(self, query: dict[str, Any], start: datetime, end: datetime) -> dict[str, Any]:
        asked = query["MetricStat"]["Metric"]
        dimensions = {one["Name"]: one["Value"] for one in asked["Dimensions"]}
        assert asked["Namespace"] == "P09/local"
        values = [
            value
            for metric, of, when, value in self.points
            if metric == asked["MetricName"] and of == dimensions and start <= when < end
        ]
        return {"Id": query["Id"], "Values": values}

    def publish(self, metric: str, value: float, *, minutes_ago: float = 1, **dimensions: str) -> None:
        self.points.append((metric, dimensions, NOW - timedelta(minutes=minutes_ago), value))


def _deployed() -> tuple[FakeCloudWatch, KpiAlarms]:
    cloudwatch = FakeCloudWatch()
    alarms = KpiAlarms(cloudwatch, DEFINITIONS)
    alarms.put(TOPIC)
    alarms.judge(NOW)
    return cloudwatch, alarms


def test_alarms_and_composites_have_the_names_of_the_stage() -> None:
    cloudwatch, _ = _deployed()
    assert list(cloudwatch.alarms) == [f"p09-local-P09{name}" for name in ("Long", "Short", "Evaluated", "Silent")]
    composite = cloudwatch.composites["p09-local-P09Burn"]
    assert composite["AlarmRule"] == 'ALARM("p09-local-P09Long") AND ALARM("p09-local-P09Short")'
    assert composite["AlarmActions"] == composite["OKActions"] == [TOPIC]


def test_only_alarms_with_a_severity_tell_somebody() -> None:
    cloudwatch, _ = _deployed()
    assert [name for name, alarm in cloudwatch.alarms.items() if "AlarmActions" in alarm] == ["p09-local-P09Silent"]


def test_each_window_is_judged_by_its_own_sums() -> None:
    cloudwatch, alarms = _deployed()
    cloudwatch.publish("Requests", 1000)
    cloudwatch.publish("ServerErrors", 20)
    cloudwatch.publish("Requests", 1000, minutes_ago=30)
    assert alarms.judge(NOW) == {"p09-local-P09Short": "ALARM"}, "exactly 1% over the hour is not above 1%"


def test_a_state_is_told_once() -> None:
    cloudwatch, alarms = _deployed()
    cloudwatch.publish("Requests", 1000)
    cloudwatch.publish("ServerErrors", 20)
    assert set(alarms.judge(NOW)) == {"p09-local-P09Long", "p09-local-P09Short"}
    assert alarms.judge(NOW) == {}


def test_missing_data_is_what_the_alarm_says_it_is() -> None:
    cloudwatch, alarms = _deployed()
    assert cloudwatch.states["p09-local-P09Silent"] == "ALARM"
    assert cloudwatch.states["p09-local-P09Evaluated"] == "OK"
    cloudwatch.publish("BurnAlert", 0)
    assert alarms.judge(NOW) == {"p09-local-P09Silent": "OK"}


def test_dimensions_are_not_mixed() -> None:
    cloudwatch, alarms = _deployed()
    cloudwatch.publish("BurnAlert", 1, Kpi="availability")
    assert alarms.judge(NOW) == {}
    cloudwatch.publish("BurnAlert", 1, Kpi="latency")
    assert alarms.judge(NOW) == {"p09-local-P09Evaluated": "ALARM"}


def test_the_alarms_of_the_runbook_can_all_be_judged() -> None:
    cloudwatch = FakeCloudWatch()
    alarms = KpiAlarms(cloudwatch)
    alarms.put(TOPIC)
    alarms.judge(NOW)
    assert {state for name, state in cloudwatch.states.items() if "Evaluated" not in name} == {"ALARM", "OK"}


def test_an_alarm_on_what_an_evaluation_publishes_keeps_its_state_from_one_to_the_next() -> None:
    cloudwatch = FakeCloudWatch()
    alarms = KpiAlarms(cloudwatch)
    alarms.put(TOPIC)
    evaluated = {f"p09-local-{one['id']}": one for one in _committed() if one["metrics"] == {"m0": "BurnAlert"}}
    assert evaluated
    states: dict[str, list[str]] = {name: [] for name in evaluated}
    for seconds in range(0, 3600, 15):
        now = NOW.replace(minute=0) + timedelta(seconds=seconds)
        if seconds % 300 == 60:  # a minute after the slice, dated its end; the breach lasts half an hour
            ended = now - timedelta(seconds=60)
            for one in evaluated.values():
                cloudwatch.points.append(("BurnAlert", one["dimensions"], ended, float(seconds < 1800)))
        for name, state in alarms.judge(now).items():
            if name in states:
                states[name].append(state)
    assert all(found == ["ALARM", "OK"] for found in states.values()), states


def _committed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ALARMS.read_text())["metric_alarms"]
    return found
