"""Percentiles of histograms, worked out by hand by the rule of Prometheus' `histogram_quantile`: linear within a bucket.

After the kinds of histograms that Prometheus' own tests of classic histograms have. `tests/integration/kpi` asks a real
Prometheus for the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

BOUNDS_MS = (100, 200, 500)


@dataclass(frozen=True)
class Row:
    """Requests by the upper bound of their bucket, and those above the last; ``milliseconds`` is None if nothing is known."""

    name: str
    share: str
    milliseconds: str | None
    latencies: Mapping[int, int] = field(default_factory=dict)
    beyond: int = 0

    @property
    def expected(self) -> Fraction | None:
        return None if self.milliseconds is None else Fraction(self.milliseconds)


ROWS = [
    Row("no request", "0.95", None),
    Row("one bucket: its middle", "0.5", "50", {100: 10}),
    Row("one bucket: near its end", "0.95", "95", {100: 10}),
    Row("one bucket: its end", "1", "100", {100: 10}),
    Row("one bucket: its beginning", "0", "0", {100: 10}),
    Row("one request", "0.95", "95", {100: 1}),
    Row("one request in the last bucket", "0.5", "350", {500: 1}),
    Row("one request in the last bucket, near its end", "0.95", "485", {500: 1}),
    Row("two equal buckets: a quarter", "0.25", "50", {100: 10, 200: 10}),
    Row("two equal buckets: their bound is the median", "0.5", "100", {100: 10, 200: 10}),
    Row("two equal buckets: three quarters", "0.75", "150", {100: 10, 200: 10}),
    Row("two equal buckets: 95%", "0.95", "190", {100: 10, 200: 10}),
    Row("95% lie exactly on a bound", "0.95", "100", {100: 95, 200: 5}),
    Row("a little more than lies up to the bound", "0.951", "102", {100: 95, 200: 5}),
    Row("99% of the same", "0.99", "180", {100: 95, 200: 5}),
    Row("one request fewer below the bound", "0.95", "350/3", {100: 94, 200: 6}),
    Row("the first bucket is empty", "0.5", "150", {200: 10}),
    Row("the first bucket is empty: a tenth", "0.1", "110", {200: 10}),
    Row("a bucket between is empty: up to it", "0.5", "100", {100: 10, 500: 10}),
    Row("a bucket between is empty: it is stepped over", "0.51", "206", {100: 10, 500: 10}),
    Row("a bucket between is empty: well beyond it", "0.75", "350", {100: 10, 500: 10}),
    Row("all three", "0.5", "125", {100: 4, 200: 4, 500: 2}),
    Row("all three: 90%", "0.9", "350", {100: 4, 200: 4, 500: 2}),
    Row("half lies beyond the last bound: the median does not", "0.5", "100", {100: 5}, 5),
    Row("what lies beyond the last bound is said to be that bound", "0.75", "500", {100: 5}, 5),
    Row("everything lies beyond", "0.5", "500", {}, 7),
    Row("one of a hundred lies beyond", "0.99", "500", {500: 99}, 1),
    Row("millions", "0.95", "100", {100: 19_000_000, 200: 1_000_000}),
    Row("millions, halfway in the second", "0.975", "150", {100: 19_000_000, 200: 1_000_000}),
    Row("a third", "1/3", "100/3", {100: 3}),
]  # fmt: skip
