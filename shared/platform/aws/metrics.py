"""Data points for CloudWatch, without boto3."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from shared.platform.aws.signed import AwsSettings, call

Point = tuple[str, Sequence[tuple[str, str]], float]
"""Name, dimensions, value."""

PutMetricData = Callable[[dict[str, Any]], dict[str, Any]]


def signed_put_metric_data(settings: Callable[[], AwsSettings]) -> PutMetricData:
    target = "GraniteServiceVersion20100801.PutMetricData"
    return lambda body: call(settings(), "monitoring", target, body, json_version="1.0")


def put_points(put: PutMetricData, namespace: str, at: datetime, points: Iterable[Point]) -> None:
    """All in one call, which takes a thousand. Raises ``AwsUnavailable`` and ``AwsRefused``."""
    put({
        "Namespace": namespace,
        "MetricData": [
            {
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": of} for key, of in dimensions],
                "Timestamp": int(at.timestamp()),
                "Value": value,
            }
            for name, dimensions, value in points
        ],
    })  # fmt: skip
