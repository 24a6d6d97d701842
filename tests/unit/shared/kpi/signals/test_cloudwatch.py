import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from shared.kpi.counts import Slice
from shared.kpi.signals.cloudwatch import CloudWatchSignals
from shared.kpi.signals.port import Shape, SignalsUnavailable
from shared.platform.aws.signed import AwsUnavailable
from shared.runbook.load import the_runbook
from tests.boto_calls import boto_operation

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SLICE = timedelta(minutes=5)
SHAPE = Shape.of(the_runbook())


class FakeMetrics:
    """``sums`` by metric, then by the number of the slice, of which 0.2 is a minute; a page holds some metrics."""

    def __init__(self, sums: Mapping[str, Mapping[Any, float]], pages: int = 1) -> None:
        self.sums = sums
        self.pages = pages
        self.asked: list[dict[str, Any]] = []

    def __call__(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(dict(body))
        page = int(body.get("NextToken", 0))
        results = [self._result(query) for query in body["MetricDataQueries"][page :: self.pages]]
        more = {"NextToken": str(page + 1)} if page + 1 < self.pages else {}
        return {"MetricDataResults": results, **more}

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        found = self.sums.get(query["MetricStat"]["Metric"]["MetricName"], {})
        return {
            "Id": query["Id"], "Label": query["Label"], "StatusCode": "Complete", "Values": list(found.values()),
            "Timestamps": [(START + n * SLICE).timestamp() for n in found],
        }  # fmt: skip


def read(metrics: Any, slices: int = 2) -> Mapping[datetime, Slice]:
    return CloudWatchSignals(metrics, "P09/test", SHAPE).slices([START + n * SLICE for n in range(slices)])


def test_slices_are_the_sums_of_their_metrics() -> None:
    sums = {
        "Requests": {0: 10.0, 1: 4.0}, "ServerErrors": {0: 1.0, 1: 0.0}, "LatencyUpTo200ms": {0: 9.0, 1: 4.0},
        "LatencyBeyond": {0: 1.0}, "ProbesPassed": {0: 5.0}, "ProbesFailed": {1: 2.0},
        "LongRequests": {0: 3.0}, "LongRequestsSlow": {0: 2.0},
    }  # fmt: skip
    first, second = read(FakeMetrics(sums)).values()
    assert (first.requests, first.errors, first.latencies, first.beyond) == (10, 1, {200: 9}, 1)
    assert (first.slices, first.bad_slices, first.probes_passed) == (1, 1, 5)
    assert (first.long, first.long_slow, second.long) == (3, 2, 0)
    assert (second.requests, second.errors, second.probes_failed) == (4, 0, 2)


def test_all_slices_are_asked_for_in_one_call_of_sums() -> None:
    metrics = FakeMetrics({"Requests": {0: 1.0}})
    read(metrics)
    assert len(metrics.asked) == 1
    queries = metrics.asked[0]["MetricDataQueries"]
    assert {query["MetricStat"]["Stat"] for query in queries} == {"Sum"}
    assert {query["MetricStat"]["Period"] for query in queries} == {60}
    assert metrics.asked[0]["EndTime"] - metrics.asked[0]["StartTime"] == 600


def test_a_slice_keeps_its_sums_by_the_minute() -> None:
    sums = {"Requests": {0: 10.0, 0.4: 5.0}, "ServerErrors": {0.4: 5.0}, "LatencyUpTo200ms": {0: 10.0, 0.4: 5.0}}
    found = read(FakeMetrics(sums))[START]
    assert (found.requests, found.errors, found.slices, found.bad_slices) == (15, 5, 1, 1)
    assert [(one.requests, one.errors, one.latencies) for one in found.minutes] == [
        (10, 0, {200: 10}), (0, 0, {}), (5, 5, {200: 5}), (0, 0, {}), (0, 0, {}),
    ]  # fmt: skip


def test_pages_are_followed() -> None:
    metrics = FakeMetrics({"Requests": {0: 3.0}, "ServerErrors": {0: 2.0}}, pages=3)
    assert read(metrics)[START].errors == 2
    assert len(metrics.asked) == 3


def test_a_slice_that_nobody_measured_is_left_out() -> None:
    assert list(read(FakeMetrics({"Requests": {1: 1.0}}))) == [START + SLICE]
    assert read(FakeMetrics({"Requests": {}}), slices=0) == {}


def test_a_slice_without_requests_was_measured_all_the_same() -> None:
    assert read(FakeMetrics({"Requests": {0: 0.0}}))[START].slices == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, 0.5, -1.0])
def test_what_is_no_count_never_enters_a_sum(value: float) -> None:
    assert read(FakeMetrics({"Requests": {0: value, 1: 2.0}})).keys() == {START + SLICE}
    assert read(FakeMetrics({"Requests": {0: 5.0}, "LatencyBeyond": {0: value}})) == {}


def test_errors_that_arrive_before_their_requests_make_no_slice_yet() -> None:
    assert read(FakeMetrics({"Requests": {0: 1.0}, "ServerErrors": {0: 2.0}})) == {}


def test_a_source_that_fails_is_unavailable_and_not_silent() -> None:
    def down(_body: dict[str, Any]) -> dict[str, Any]:
        raise AwsUnavailable("timed out")

    with pytest.raises(SignalsUnavailable, match="timed out"):
        read(down)

    def broken(_body: dict[str, Any]) -> dict[str, Any]:
        return {"MetricDataResults": [{"Id": "m0", "Label": "Requests", "StatusCode": "InternalError"}]}

    with pytest.raises(SignalsUnavailable, match="InternalError"):
        read(broken)


def test_the_call_is_one_that_cloudwatch_knows() -> None:
    client = boto3.client("cloudwatch", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    answer = {
        "MetricDataResults": [
            {"Id": "m0", "Label": "Requests", "Timestamps": [START], "Values": [7.0], "StatusCode": "Complete"}
        ]
    }
    with Stubber(client) as stub:
        stub.add_response("get_metric_data", answer)
        assert read(boto_operation(client, "GetMetricData"))[START].requests == 7
        stub.assert_no_pending_responses()
