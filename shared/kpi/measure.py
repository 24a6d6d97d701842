"""Windows are sums over slices: from stored sums to what was measured in a span."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from shared.kpi.counts import NOTHING, Counts, Slice, WrongCounts, total
from shared.kpi.exclusions import inside, outside
from shared.kpi.timeline import MINUTE, Key, Span, ceiling, cover, floor, parts_of, roll_ups_of

History = Mapping[Key, Counts]


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What was measured in a span. ``missing`` slices were never written: unknown, neither good nor bad.

    ``excluded_minutes`` are all that maintenances took away, ``excluded_slices`` how often that was a whole slice.
    """

    span: Span
    counts: Counts
    missing: int = 0
    excluded_slices: int = 0
    excluded_minutes: int = 0
    excluded: Counts = field(default_factory=Counts)


def slice_of(minutes: Sequence[Counts], bad_above: Fraction) -> Slice:
    """A slice from its sums by the minute."""
    return as_slice(total(minutes), bad_above, tuple(minutes))


def as_slice(counts: Counts, bad_above: Fraction, minutes: tuple[Counts, ...] = ()) -> Slice:
    """What was counted, as one slice. It is bad when a larger share than ``bad_above`` of its requests failed."""
    is_bad = counts.errors > bad_above * counts.requests
    return Slice(**vars(counts) | {"slices": 1, "bad_slices": int(is_bad), "minutes": minutes})


@dataclass(frozen=True)
class Parts:
    """A span of whole slices: those that count, those that are excluded, and ``cut`` ones, of which some minutes are."""

    counted: tuple[Span, ...]
    excluded: tuple[Span, ...]
    cut: tuple[datetime, ...]


def parts_of_span(span: Span, excluded: Iterable[Span], slice_length: timedelta) -> Parts:
    found = tuple(inside(span, excluded))
    edges = (edge for part in found for edge in (part.start, part.end))
    cut = sorted({floor(edge, slice_length) for edge in edges if edge != floor(edge, slice_length)})
    inner = ((ceiling(part.start, slice_length), floor(part.end, slice_length)) for part in found)
    whole = [Span(start, end) for start, end in inner if start < end]
    apart = sorted([*whole, *(Span(start, start + slice_length) for start in cut)])
    return Parts(counted=tuple(outside(span, apart)), excluded=tuple(whole), cut=tuple(cut))


def keys_of(span: Span, excluded: Iterable[Span], slice_length: timedelta) -> tuple[Key, ...]:
    """The stored sums that make up what counts in a span and what is excluded."""
    parts = parts_of_span(span, excluded, slice_length)
    whole = (key for part in (*parts.counted, *parts.excluded) for key in cover(part, slice_length))
    return (*whole, *(Key("slice", start) for start in parts.cut))


def measure(
    history: History, span: Span, excluded: Iterable[Span], slice_length: timedelta, *, bad_above: Fraction
) -> Measurement:
    """Add up a span of whole slices; a slice of which some minutes are excluded is judged by the others."""
    excluded = tuple(inside(span, excluded))
    parts = parts_of_span(span, excluded, slice_length)
    cuts = [_cut(history, Span(start, start + slice_length), excluded, bad_above) for start in parts.cut]
    counts = total([_sum(history, parts.counted, slice_length), *(one.counted for one in cuts)])
    slots = span.slots(slice_length) - _slots(parts.excluded, slice_length)
    if counts.slices > slots:
        raise WrongCounts(f"more slices were added up than fit between {span.start} and {span.end}")
    whole = _slots(parts.excluded, slice_length)
    return Measurement(
        span=span,
        counts=counts,
        missing=slots - counts.slices,
        excluded_slices=whole,
        excluded_minutes=whole * (slice_length // MINUTE) + sum(one.minutes for one in cuts),
        excluded=total([_sum(history, parts.excluded, slice_length), *(one.excluded for one in cuts)]),
    )


@dataclass(frozen=True)
class _Cut:
    counted: Counts
    excluded: Counts
    minutes: int


def _cut(history: History, span: Span, excluded: Sequence[Span], bad_above: Fraction) -> _Cut:
    """Of a slice whose minutes nobody kept, none is excluded: never is more than was planned."""
    starts = [span.start + number * MINUTE for number in range(span.slots(MINUTE))]
    are_out = [any(one.start <= minute < one.end for one in excluded) for minute in starts]
    found = history.get(Key("slice", span.start))
    if found is None:
        return _Cut(NOTHING, NOTHING, sum(are_out))
    if not isinstance(found, Slice) or not found.minutes:
        return _Cut(found, NOTHING, 0)
    counted = total(minute for minute, is_out in zip(found.minutes, are_out, strict=True) if not is_out)
    out = total(minute for minute, is_out in zip(found.minutes, are_out, strict=True) if is_out)
    return _Cut(as_slice(counted, bad_above), out, sum(are_out))


def _slots(spans: Iterable[Span], slice_length: timedelta) -> int:
    return sum(span.slots(slice_length) for span in spans)


def _sum(history: History, spans: Iterable[Span], slice_length: timedelta) -> Counts:
    keys = (key for span in spans for key in cover(span, slice_length))
    return total(found for key in keys if (found := history.get(key)))


def roll_up(slices: Mapping[datetime, Counts], slice_length: timedelta) -> dict[Key, Counts]:
    """Every stored sum of some slices: themselves, their hours and their days."""
    stored = {Key("slice", start): counts for start, counts in slices.items()}
    hours, days = roll_ups_of(slices)
    for key in (*hours, *days):
        stored[key] = total(stored.get(part, NOTHING) for part in parts_of(key, slice_length))
    return stored
