from collections import defaultdict
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from local.front_door import edge as edge_module
from local.front_door.edge import LOG_GROUP, STAGE_NAMESPACE, Answered, Edge

NOON = 1_795_435_200.0


class FakeAws:
    """Adds up what is put, as CloudWatch's sums do."""

    def __init__(self) -> None:
        self.sums: dict[tuple[float, str], float] = defaultdict(float)
        self.puts = 0
        self.lines: list[dict[str, Any]] = []
        self.down = False
        self.exceptions = self
        self.ResourceAlreadyExistsException = FileExistsError

    def __call__(self, _service: str, _endpoint: str) -> "FakeAws":
        return self

    def put_metric_data(self, Namespace: str, MetricData: list[dict[str, Any]]) -> None:  # noqa: N803 -- boto3's names
        if self.down:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
        assert Namespace == STAGE_NAMESPACE
        self.puts += 1
        for datum in MetricData:
            self.sums[datum["Timestamp"], datum["MetricName"]] += datum["Value"]

    def create_log_stream(self, **_names: str) -> None:
        raise FileExistsError

    def put_log_events(self, logGroupName: str, logStreamName: str, logEvents: list[dict[str, Any]]) -> None:  # noqa: N803 -- boto3's own names
        assert logGroupName == LOG_GROUP
        self.lines += logEvents


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    fake = FakeAws()
    monkeypatch.setattr(edge_module, "aws_client", fake)
    return fake


def answered(status: int = 200, seconds: float = 0.05, at: float = NOON) -> Answered:
    return Answered(request_id="r-1", method="POST", path="/v1/events", status=status, seconds=seconds, at=at)


def test_each_request_adds_one_to_each_metric_that_it_belongs_to(aws: FakeAws) -> None:
    edge = Edge("")
    for one in (answered(), answered(503, 0.2), answered(500, 0.2006), answered(404, 60.0)):
        edge.count(one)
    edge.flush()
    counted = {name: value for (_, name), value in aws.sums.items() if value}
    assert counted == {
        "Requests": 4, "ServerErrors": 2, "LatencyUpTo50ms": 1, "LatencyUpTo200ms": 1, "LatencyUpTo500ms": 1,
        "LatencyBeyond": 1,
        "TimedRequests": 4,
    }  # fmt: skip


def test_a_long_route_has_a_limit_of_its_own_and_is_in_no_bucket(aws: FakeAws) -> None:
    edge = Edge("")
    for seconds in (0.1, 1.5, 1.501):
        edge.count(Answered(request_id="r", method="POST", path="/v1/query", status=500, seconds=seconds, at=NOON))
    edge.flush()
    counted = {name: value for (_, name), value in aws.sums.items() if value}
    assert counted == {"Requests": 3, "ServerErrors": 3, "LongRequests": 3, "LongRequestsSlow": 1}


def test_what_does_not_match_is_zero_and_not_missing(aws: FakeAws) -> None:
    edge = Edge("")
    edge.count(answered())
    edge.flush()
    assert aws.sums[NOON, "ServerErrors"] == 0.0
    assert (NOON, "LatencyBeyond") in aws.sums


def test_a_request_counts_in_the_minute_in_which_it_was_answered(aws: FakeAws) -> None:
    edge = Edge("")
    for at in (NOON + 59.9, NOON + 60.0, NOON + 61.0):
        edge.count(answered(at=at))
    edge.flush()
    assert [aws.sums[minute, "Requests"] for minute in (NOON, NOON + 60)] == [1, 2]


def test_without_requests_nothing_is_published(aws: FakeAws) -> None:
    Edge("").flush()
    assert (aws.puts, aws.lines) == (0, [])


def test_counts_that_could_not_be_published_are_kept_and_counted_once(aws: FakeAws) -> None:
    edge = Edge("")
    aws.down = True
    edge.count(answered())
    edge.flush()
    edge.count(answered(503))
    aws.down = False
    edge.flush()
    edge.flush()
    assert (aws.sums[NOON, "Requests"], aws.sums[NOON, "ServerErrors"]) == (2, 1)


def test_the_access_log_names_the_request(aws: FakeAws) -> None:
    edge = Edge("")
    edge.count(answered(seconds=0.0125))
    edge.flush()
    [line] = aws.lines
    assert '"requestId": "r-1"' in line["message"]
    assert '"responseLatency": 12' in line["message"]
    assert line["timestamp"] == NOON * 1000
