"""Windows are sums over slices: from stored sums to what was measured in a span."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from shared.kpi.counts import NOTHING, Counts, WrongCounts, total
from shared.kpi.exclusions import inside, outside
from shared.kpi.timeline import Key, Span, cover, parts_of, roll_ups_of

History = Mapping[Key, Counts]


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What was measured in a span. ``missing`` slices were never written: unknown, neither good nor bad."""

    span: Span
    counts: Counts
    missing: int = 0
    excluded_slices: int = 0
    excluded: Counts = field(default_factory=Counts)


def slice_counts(
    *,
    requests: int,
    errors: int,
    latencies: Mapping[int, int],
    beyond: int,
    bad_above: Fraction,
    probes_passed: int = 0,
    probes_failed: int = 0,
    probes_skipped: int = 0,
    long: int = 0,
    long_slow: int = 0,
) -> Counts:
    """One slice. It is bad when a larger share than ``bad_above`` of its requests failed. Raises WrongCounts."""
    return Counts(
        requests=requests, errors=errors, latencies=latencies, beyond=beyond,
        slices=1, bad_slices=int(errors > bad_above * requests),
        probes_passed=probes_passed, probes_failed=probes_failed, probes_skipped=probes_skipped,
        long=long, long_slow=long_slow,
    )  # fmt: skip


def keys_of(span: Span, excluded: Iterable[Span], slice_length: timedelta) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """The stored sums that make up what counts in a span, and those that make up what is excluded."""
    excluded = tuple(excluded)
    counted = tuple(key for part in outside(span, excluded) for key in cover(part, slice_length))
    return counted, tuple(key for part in inside(span, excluded) for key in cover(part, slice_length))


def measure(history: History, span: Span, excluded: Iterable[Span], slice_length: timedelta) -> Measurement:
    """Add up a span of whole slices."""
    excluded = tuple(inside(span, excluded))
    counted_keys, excluded_keys = keys_of(span, excluded, slice_length)
    counts = _sum(history, counted_keys)
    if counts.slices > sum(part.slots(slice_length) for part in outside(span, excluded)):
        raise WrongCounts(f"more slices were added up than fit between {span.start} and {span.end}")
    excluded_slices = sum(part.slots(slice_length) for part in excluded)
    return Measurement(
        span=span,
        counts=counts,
        missing=span.slots(slice_length) - excluded_slices - counts.slices,
        excluded_slices=excluded_slices,
        excluded=_sum(history, excluded_keys),
    )


def _sum(history: History, keys: Iterable[Key]) -> Counts:
    return total(found for key in keys if (found := history.get(key)))


def roll_up(slices: Mapping[datetime, Counts], slice_length: timedelta) -> dict[Key, Counts]:
    """Every stored sum of some slices: themselves, their hours and their days."""
    stored = {Key("slice", start): counts for start, counts in slices.items()}
    hours, days = roll_ups_of(slices)
    for key in (*hours, *days):
        stored[key] = total(stored.get(part, NOTHING) for part in parts_of(key, slice_length))
    return stored
