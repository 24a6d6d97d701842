"""The edge metrics in CloudWatch: sums by the minute, all of them in one call of GetMetricData."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from shared.kpi.counts import Counts, Slice, WrongCounts
from shared.kpi.edge import ERRORS, LATENCY_BEYOND, LONG, LONG_SLOW, REQUESTS, latency_metric
from shared.kpi.measure import slice_of
from shared.kpi.signals.port import PROBES_FAILED, PROBES_PASSED, PROBES_SKIPPED, Shape, SignalsUnavailable
from shared.kpi.timeline import MINUTE
from shared.platform.aws.signed import AwsRefused, AwsSettings, AwsUnavailable, call

GetMetricData = Callable[[dict[str, Any]], dict[str, Any]]

_COMPLETE: Final = {"Complete", "PartialData"}
logger = Logger(child=True)


def signed_get_metric_data(settings: Callable[[], AwsSettings]) -> GetMetricData:
    target = "GraniteServiceVersion20100801.GetMetricData"
    return lambda body: call(settings(), "monitoring", target, body, json_version="1.0")


class CloudWatchSignals:
    """Metrics of a namespace, without dimensions; a request adds 1 to each metric that it belongs to."""

    def __init__(self, get_metric_data: GetMetricData, namespace: str, shape: Shape) -> None:
        self._get = get_metric_data
        self._namespace = namespace
        self._shape = shape

    def slices(self, starts: Sequence[datetime]) -> Mapping[datetime, Slice]:
        if not starts:
            return {}
        sums = self._sums(starts)
        found = {start: self._slice(start, sums) for start in starts if self._is_measured(start, sums)}
        return {start: counts for start, counts in found.items() if counts is not None}

    def _is_measured(self, start: datetime, sums: Mapping[str, Mapping[datetime, float]]) -> bool:
        return any(minute in sums[REQUESTS] for minute in self._minutes(start))

    def _minutes(self, start: datetime) -> list[datetime]:
        return [start + number * MINUTE for number in range(self._shape.length // MINUTE)]

    def _sums(self, starts: Sequence[datetime]) -> dict[str, dict[datetime, float]]:
        names = list(self._names())
        body: dict[str, Any] = {
            "MetricDataQueries": [self._query(n, name) for n, name in enumerate(names)],
            "StartTime": int(starts[0].timestamp()),
            "EndTime": int((starts[-1] + self._shape.length).timestamp()),
            "ScanBy": "TimestampAscending",
        }
        sums: dict[str, dict[datetime, float]] = {name: {} for name in names}
        while True:
            answer = self._ask(body)
            for result in answer["MetricDataResults"]:
                if result["StatusCode"] not in _COMPLETE:
                    raise SignalsUnavailable(f"{result['Label']}: {result['StatusCode']} {result.get('Messages', '')}")
                pairs = zip(result["Timestamps"], result["Values"], strict=True)
                sums[names[int(result["Id"][1:])]] |= {_moment(at): value for at, value in pairs}
            if not answer.get("NextToken"):
                return sums
            body["NextToken"] = answer["NextToken"]

    def _ask(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._get(body)
        except (AwsUnavailable, AwsRefused) as error:
            raise SignalsUnavailable(str(error)) from error

    def _names(self) -> Iterator[str]:
        yield from (REQUESTS, ERRORS, LATENCY_BEYOND, LONG, LONG_SLOW, PROBES_PASSED, PROBES_FAILED, PROBES_SKIPPED)
        yield from map(latency_metric, self._shape.bounds_ms)

    def _query(self, number: int, name: str) -> dict[str, Any]:
        metric = {"Namespace": self._namespace, "MetricName": name}
        period = int(MINUTE.total_seconds())
        return {"Id": f"m{number}", "Label": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"}}

    def _slice(self, start: datetime, sums: Mapping[str, Mapping[datetime, float]]) -> Slice | None:
        """None while metrics contradict each other: part of them has not arrived, and the slice is read again."""
        try:
            return slice_of([self._minute(minute, sums) for minute in self._minutes(start)], self._shape.bad_above)
        except WrongCounts as error:
            logger.warning("a slice is left out", extra={"slice": start.isoformat(), "reason": str(error)})
            return None

    def _minute(self, start: datetime, sums: Mapping[str, Mapping[datetime, float]]) -> Counts:
        def count(name: str) -> int:
            value = sums[name].get(start, 0.0)
            if not float(value).is_integer():  # NaN and infinity are no integers either
                raise WrongCounts(f"{name} adds up to {value}")
            return int(value)

        return Counts(
            requests=count(REQUESTS), errors=count(ERRORS),
            latencies={bound: found for bound in self._shape.bounds_ms if (found := count(latency_metric(bound)))},
            beyond=count(LATENCY_BEYOND), probes_passed=count(PROBES_PASSED), probes_failed=count(PROBES_FAILED),
            probes_skipped=count(PROBES_SKIPPED), long=count(LONG), long_slow=count(LONG_SLOW),
        )  # fmt: skip


def _moment(at: object) -> datetime:
    """The JSON protocol writes seconds since 1970, boto3 makes them datetimes."""
    if isinstance(at, datetime):
        return at.astimezone(UTC)
    if isinstance(at, int | float):
        return datetime.fromtimestamp(at, UTC)
    return datetime.fromisoformat(str(at)).astimezone(UTC)
