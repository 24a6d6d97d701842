"""The p95 that is shown. The verdict does not use it: that one counts requests within the bound, exactly."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from shared.kpi.counts import Counts


@dataclass(frozen=True)
class Quantile:
    """A latency interpolated in its bucket, from ``lower`` to ``upper`` ms; ``upper`` is None above the last bound."""

    milliseconds: Fraction
    lower: int
    upper: int | None


def interpolated_quantile(counts: Counts, share: Fraction, bounds_ms: Iterable[int]) -> Quantile | None:
    """As Prometheus' ``histogram_quantile``: linear within the bucket, the last bound if it lies beyond.

    None when no latency is known, where Prometheus says NaN.
    """
    rank = share * counts.timed
    if counts.timed == 0:
        return None
    below, lower = 0, 0
    for upper in sorted({*bounds_ms, *counts.latencies}):
        count = counts.latencies.get(upper, 0)
        if count and below + count >= rank:
            return Quantile(lower + (upper - lower) * (rank - below) / count, lower, upper)
        below, lower = below + count, upper
    return Quantile(Fraction(lower), lower, None)
