"""AWS for functions under test: their signed calls end in moto, and can be cut short like a function that crashes."""

import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from moto import mock_aws

from shared.kpi.counts import Counts
from shared.platform.aws import s3, signed

TABLE = "p09-test-operations"
BUS = "p09-test"
NAMESPACE = "P09/test"
BUCKET = "p09-test-archive"
REGION = "us-east-1"
_SERVICES = {
    "DynamoDB_20120810": "dynamodb", "AWSEvents": "events", "GraniteServiceVersion20100801": "cloudwatch",
    "secretsmanager": "secretsmanager",
    "TrentService": "kms",
}  # fmt: skip
_BYTES = {"Message"}  # of a request: base64 in JSON, bytes in boto3


class Crash(BaseException):
    """The process ends: no code of ours may catch it."""


class Invocation:
    """What Lambda tells a function: it has a minute."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@dataclass
class Aws:
    """``crash_at`` counts calls; the crash comes before the call or, with ``after``, when it has been done."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    published: list[dict[str, Any]] = field(default_factory=list)
    sums: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    operations: list[str] = field(default_factory=list)
    crash_at: int | None = None
    after: bool = False
    before_write: Callable[[], object] | None = None
    cloudwatch_is_moto: bool = False
    clients: dict[str, Any] = field(default_factory=dict)

    def post(self, _scheme: str, _host: str, payload: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        prefix, _, operation = headers["x-amz-target"].partition(".")
        if operation == "TransactWriteItems" and self.before_write:
            meanwhile, self.before_write = self.before_write, None
            meanwhile()
        number = len(self.operations)
        self.operations.append(operation)
        if self.crash_at == number and not self.after:
            raise Crash
        answer = self._answer(_SERVICES[prefix], operation, json.loads(payload))
        if self.crash_at == number:
            raise Crash
        return answer

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = boto3.client(service, REGION)
        return self.clients[service]

    def put_slice(self, start: datetime, **counts: Any) -> None:
        """What the edge counts in five minutes: all in their first."""
        found = Counts(**counts)
        at = int(start.timestamp())
        self.sums["Requests"][at] = found.requests
        self.sums["ServerErrors"][at] = found.errors
        self.sums["LatencyBeyond"][at] = found.beyond
        self.sums["LongRequests"][at], self.sums["LongRequestsSlow"][at] = found.long, found.long_slow
        for bound, count in found.latencies.items():
            self.sums[f"LatencyUpTo{bound}ms"][at] = count

    def _answer(self, service: str, operation: str, body: dict[str, Any]) -> tuple[int, bytes]:
        if operation == "PutEvents":
            self.sent += body["Entries"]
        if operation == "PutMetricData":
            self.published += body["MetricData"]
        if service == "cloudwatch" and not self.cloudwatch_is_moto:
            return 200, json.dumps(self._metrics(body) if operation == "GetMetricData" else {}).encode()
        body = {name: b64decode(value) if name in _BYTES else value for name, value in body.items()}
        try:
            found = getattr(self.client(service), xform_name(operation))(**body)
        except ClientError as error:
            text = json.dumps(
                {"__type": f"com.amazonaws#{error.response['Error']['Code']}", **error.response}, default=str
            )
            return 400, text.encode()
        return 200, json.dumps(found, default=_plain).encode()

    def _metrics(self, body: dict[str, Any]) -> dict[str, Any]:
        results = []
        for query in body["MetricDataQueries"]:
            found = self.sums[query["MetricStat"]["Metric"]["MetricName"]]
            inside = {at: value for at, value in found.items() if body["StartTime"] <= at < body["EndTime"]}
            series = {"Timestamps": list(inside), "Values": list(inside.values()), "StatusCode": "Complete"}
            results.append({"Id": query["Id"], "Label": query["Label"], **series})
        return {"MetricDataResults": results}


def make_resources(aws: Aws) -> None:
    aws.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.client("events").create_event_bus(Name=BUS)
    aws.client("s3").create_bucket(Bucket=BUCKET)


@contextmanager
def aws_in_memory(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Iterator[Aws]:
    """A function's environment and resources; signed calls and boto3 both end in moto."""
    common = {
        "STAGE": "test", "OPERATIONS_TABLE_NAME": TABLE, "EVENT_BUS_NAME": BUS,
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION,
    }  # fmt: skip
    for name, value in (common | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        aws = Aws()
        make_resources(aws)
        monkeypatch.setattr(signed, "_post", aws.post)
        s3.client.cache_clear()
        yield aws


def _plain(value: object) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value.timestamp() if isinstance(value, datetime) else str(value)
