from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.assembly import ROOT, STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly

FILTER = "AWS::Logs::MetricFilter"
GENERATED = json.loads((ROOT / "monitoring" / "cloudwatch" / "metrics.json").read_text())
PATH = re.compile(r'\$\.path (=|!=) "([^"]+)"')
COMPARISON = re.compile(r"\$\.responseLatency (>|<=) (-?\d+)")


@pytest.mark.parametrize("stage", STAGES)
def test_requests_are_counted_as_the_runbook_says(assembly: Assembly, stage: str) -> None:
    expected = {one["metric"]: one["pattern"] for one in GENERATED["access_log_filters"]}
    assert {
        metric: found["FilterPattern"] for metric, found in _access_log_filters(assembly, stage).items()
    } == expected


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_counted_are_sums_without_dimensions(assembly: Assembly, stage: str) -> None:
    for found in _access_log_filters(assembly, stage).values():
        (transformation,) = found["MetricTransformations"]
        assert transformation["MetricNamespace"] == f"P09/{stage}"
        assert transformation["MetricValue"] == "1"
        assert transformation["DefaultValue"] == 0
        assert "Dimensions" not in transformation


@pytest.mark.parametrize("milliseconds", [0, 1, 5, 6, 199, 200, 201, 500, 1500, 1501, 10_000, 10_001, 29_000])
def test_every_latency_falls_into_one_bucket_but_for_long_routes_which_are_counted_apart(
    assembly: Assembly, milliseconds: int
) -> None:
    long = {"LongRequests", "LongRequestsSlow"} if milliseconds > 1500 else {"LongRequests"}
    assert _counted(assembly, milliseconds, "/v1/query") == long
    timed, bucket = sorted(_counted(assembly, milliseconds, "/v1/events"), reverse=True)
    assert timed == "TimedRequests"
    assert bucket.startswith("Latency")


def test_two_hundred_milliseconds_are_on_the_good_side(assembly: Assembly) -> None:
    assert "LatencyUpTo200ms" in _counted(assembly, 200, "/health")
    assert "LatencyUpTo200ms" not in _counted(assembly, 201, "/health")


@pytest.mark.parametrize("stage", STAGES)
def test_crashes_of_every_function_are_counted(assembly: Assembly, stage: str) -> None:
    for stack, function in assembly.of_type(stage, "AWS::Lambda::Function"):
        logging = function.properties["LoggingConfig"]
        pattern = "json_pattern" if logging.get("LogFormat") == "JSON" else "pattern"
        expected = {one["metric"]: one[pattern] for one in GENERATED["function_log_filters"]}
        group = logging["LogGroup"]
        found = {
            one.properties["MetricTransformations"][0]["MetricName"]: one.properties["FilterPattern"]
            for one in stack.of_type(FILTER)
            if one.properties["LogGroupName"] == group
        }
        assert expected.items() <= found.items()


@pytest.mark.parametrize("stage", STAGES)
def test_the_worker_says_in_its_log_how_the_stream_is(assembly: Assembly, stage: str) -> None:
    transformations = [
        one.properties["MetricTransformations"][0] for one in assembly.stages[stage]["Ingest"].of_type(FILTER)
    ]
    values = {one["MetricName"]: one["MetricValue"] for one in transformations if one["MetricValue"] != "1"}
    assert values == {
        "StreamLength": "$.stream_length",
        "StreamOldestSeconds": "$.stream_oldest_seconds",
        "DeadLetters": "$.dead_letters",
        "EventsStored": "$.new",
        "EventsRepeated": "$.repeated",
    }


def _access_log_filters(assembly: Assembly, stage: str) -> dict[str, dict[str, Any]]:
    api = assembly.stages[stage]["Api"]
    (group,) = [
        one.logical_id
        for one in api.of_type("AWS::Logs::LogGroup")
        if one.properties["LogGroupName"] == f"/aws/vendedlogs/p09-{stage}-api-access"
    ]
    return {
        one.properties["MetricTransformations"][0]["MetricName"]: one.properties
        for one in api.of_type(FILTER)
        if one.properties["LogGroupName"] == {"Ref": group}
    }


def _counted(assembly: Assembly, milliseconds: int, path: str) -> set[str]:
    filters = _access_log_filters(assembly, "prod")
    patterns = {metric: found["FilterPattern"] for metric, found in filters.items()}
    return {
        metric
        for metric, pattern in patterns.items()
        if "responseLatency" in pattern and _matches(pattern, milliseconds, path)
    }


def _matches(pattern: str, milliseconds: int, path: str) -> bool:
    """A small reader of the patterns that we write: latencies and paths, joined by and."""
    latencies, paths = COMPARISON.findall(pattern), PATH.findall(pattern)
    assert latencies
    assert paths
    return all(milliseconds > int(n) if how == ">" else milliseconds <= int(n) for how, n in latencies) and all(
        (path == route) == (how == "=") for how, route in paths
    )
