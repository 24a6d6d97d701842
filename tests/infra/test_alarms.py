from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from infra.stages import DEV, Stage
from tests.infra.assembly import ROOT, STAGES, read_stage, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.assembly import Assembly

AWS_STAGES = ("dev", "staging", "prod")
ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
HOUR, DAY = 3600, 86400
LINK = re.compile(r"https?://\S+#(\S+)$")
HEADINGS = set(re.findall(r'<a id="([a-z-]+)">', (ROOT / "docs" / "runbook.md").read_text()))
GENERATED = json.loads((ROOT / "monitoring" / "cloudwatch" / "alarms.json").read_text())
PARTS = {part for composite in GENERATED["composite_alarms"] for part in composite["all_of"]}


@pytest.mark.parametrize("stage", STAGES)
def test_every_alarm_says_what_to_do_and_where_the_runbook_says_more(assembly: Assembly, stage: str) -> None:
    for name, alarm in _telling(assembly, stage).items():
        description = alarm["AlarmDescription"]
        link = LINK.search(description)
        assert link, name
        assert link[1] in HEADINGS, f"{name}: the runbook has no heading {link[1]}"
        assert len(description[: link.start()].split()) > 10, name
        assert len(description) <= 1024, name


@pytest.mark.parametrize("stage", STAGES)
def test_every_alarm_tells_the_topic_when_it_begins_and_when_it_ends(assembly: Assembly, stage: str) -> None:
    for name, alarm in _telling(assembly, stage).items():
        assert alarm["AlarmActions"], name
        assert alarm["AlarmActions"] == alarm["OKActions"], name
        assert "Alarms" in json.dumps(alarm["AlarmActions"]), name


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_a_window_of_a_composite_alone_tells_nobody(assembly: Assembly, stage: str) -> None:
    names = {f"p09-{stage}-{part}" for part in PARTS}
    found = [alarm.properties for _, alarm in assembly.of_type(stage, ALARM)]
    silent = {alarm["AlarmName"] for alarm in found if "AlarmActions" not in alarm}
    assert silent == names


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_every_burn_rate_pair_is_a_composite_of_both_windows(assembly: Assembly, stage: str) -> None:
    prefix = f"p09-{stage}-P09"
    rules = {one.properties["AlarmName"]: one.properties["AlarmRule"] for _, one in assembly.of_type(stage, COMPOSITE)}
    for kpi in ("Availability", "Latency"):
        for pair in ("Fast", "Steady", "Slow"):
            name = f"{prefix}{kpi}Burn{pair}"
            assert rules[name] == f'ALARM("{name}Long") AND ALARM("{name}Short")'
        name = f"{prefix}{kpi}BurnCreeping"
        assert rules[name] == f'ALARM("{name}Evaluated")'
    assert len(rules) == 8


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_a_composite_waits_for_the_alarms_that_it_names(assembly: Assembly, stage: str) -> None:
    for stack, composite in assembly.of_type(stage, COMPOSITE):
        named = set(re.findall(r'ALARM\("([^"]+)"\)', composite.properties["AlarmRule"]))
        waited = {stack.find(one).properties["AlarmName"] for one in composite.body["DependsOn"]}
        assert waited == named


@pytest.mark.parametrize(
    ("alarm", "period", "threshold"),
    [
        ("AvailabilityBurnFastLong", HOUR, 0.0144),
        ("AvailabilityBurnFastShort", 300, 0.0144),
        ("AvailabilityBurnSteadyLong", 6 * HOUR, 0.006),
        ("AvailabilityBurnSteadyShort", 1800, 0.006),
        ("AvailabilityBurnSlowLong", DAY, 0.003),
        ("AvailabilityBurnSlowShort", 2 * HOUR, 0.003),
        ("LatencyBurnFastLong", HOUR, 0.72),
        ("LatencyAboveTarget", HOUR, 0.05),
        ("ErrorRateAboveTarget", HOUR, 0.01),
    ],
)
def test_windows_are_sums_strictly_above_their_limit(
    assembly: Assembly, alarm: str, period: int, threshold: float
) -> None:
    found = _alarm(assembly, f"P09{alarm}")
    measured = [one["MetricStat"] for one in found["Metrics"] if "MetricStat" in one]
    assert {(one["Period"], one["Stat"]) for one in measured} == {(period, "Sum")}
    assert found["ComparisonOperator"] == "GreaterThanThreshold"
    assert found["Threshold"] == threshold
    assert [one["ReturnData"] for one in found["Metrics"]].count(True) == 1


def test_three_days_are_judged_by_the_evaluator_which_says_so(assembly: Assembly) -> None:
    found = _alarm(assembly, "P09AvailabilityBurnCreepingEvaluated")
    assert (found["Namespace"], found["MetricName"], found["Statistic"]) == ("P09/prod", "BurnAlert", "Maximum")
    dimensions = {one["Name"]: one["Value"] for one in found["Dimensions"]}
    assert dimensions == {"Kpi": "availability", "Pair": "creeping"}
    assert (found["ComparisonOperator"], found["Threshold"]) == ("GreaterThanThreshold", 0)
    assert found["TreatMissingData"] == "ignore", "between two evaluations the last one holds"


def test_no_requests_and_no_evaluation_are_alarms_of_their_own(assembly: Assembly) -> None:
    for name in ("P09NoData", "P09EvaluationMissing"):
        assert _alarm(assembly, name)["TreatMissingData"] == "breaching"


def test_crashes_timeouts_memory_and_failed_starts_are_alarms(assembly: Assembly) -> None:
    for name in ("FunctionCrashes", "FunctionTimeouts", "FunctionOutOfMemory", "FunctionInitErrors"):
        found = _alarm(assembly, f"P09{name}")
        assert (found["MetricName"], found["Statistic"], found["Threshold"]) == (name, "Sum", 0)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stream_that_waits_and_dead_letters_are_alarms(assembly: Assembly, stage: str) -> None:
    alarms = {
        one.properties.get("AlarmName"): one.properties for one in assembly.stages[stage]["Ingest"].of_type(ALARM)
    }
    waiting = alarms[f"p09-{stage}-P09StreamWaiting"]
    assert (waiting["MetricName"], waiting["Threshold"]) == ("StreamOldestSeconds", 120)
    assert waiting["Period"] * waiting["EvaluationPeriods"] == 300
    assert waiting["TreatMissingData"] == "breaching", "a worker that says nothing drains nothing"
    dead = alarms[f"p09-{stage}-P09DeadLetters"]
    assert (dead["MetricName"], dead["Threshold"]) == ("DeadLetters", 0)


@pytest.mark.parametrize("stage", STAGES)
def test_cloudwatch_can_evaluate_every_alarm(assembly: Assembly, stage: str) -> None:
    """PutMetricAlarm: multiples of a minute, a day in all (seven for periods of an hour and more), ten metrics."""
    for _, alarm in assembly.of_type(stage, ALARM):
        metrics = [one["MetricStat"] for one in alarm.properties.get("Metrics", []) if "MetricStat" in one]
        assert len(metrics) <= 10
        for period in [one["Period"] for one in metrics] or [alarm.properties["Period"]]:
            assert period % 60 == 0
            assert period <= DAY
            assert period * alarm.properties["EvaluationPeriods"] <= (7 * DAY if period >= HOUR else DAY)


def _telling(assembly: Assembly, stage: str) -> dict[str, dict[str, Any]]:
    every = assembly.of_type(stage, ALARM, COMPOSITE)
    silent = {f"p09-{stage}-{part}" for part in PARTS}
    found = {alarm.properties.get("AlarmName", alarm.logical_id): alarm.properties for _, alarm in every}
    return {name: alarm for name, alarm in found.items() if name not in silent}


def _alarm(assembly: Assembly, name: str) -> dict[str, Any]:
    every = [alarm.properties for _, alarm in assembly.of_type("prod", ALARM)]
    return next(alarm for alarm in every if alarm.get("AlarmName") == f"p09-prod-{name}")


def test_alarms_go_straight_from_their_topic_to_whom_a_stage_names(tmp_path: Path) -> None:
    run_app("tests.infra.app_that_pages", tmp_path)
    stack = read_stage(tmp_path / "assembly-paging")["Alarms"]
    told = {(one.properties["Protocol"], one.properties["Endpoint"]) for one in stack.of_type("AWS::SNS::Subscription")}
    assert told == {("email", "sre@example.com"), ("https", "https://events.example.com/integration/key/enqueue")}


@pytest.mark.parametrize("address", ["http://pager.example.com", "Ada", ""])
def test_nobody_is_paged_at_an_address_that_no_alarm_can_reach(address: str) -> None:
    with pytest.raises(ValueError, match="neither an e-mail address nor an https URL"):
        Stage(name="prod", sizes=DEV.sizes, page=(address,))
