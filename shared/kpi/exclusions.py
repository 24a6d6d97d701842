"""Planned maintenance does not count. What it takes away is whole minutes, and how many is always shown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.kpi.timeline import MINUTE, Span, ceiling, floor


@dataclass(frozen=True)
class Exclusion:
    """A planned maintenance of the calendar."""

    span: Span
    reason: str


def excluded_spans(exclusions: Iterable[Exclusion]) -> tuple[Span, ...]:
    """Disjoint spans of minutes that lie wholly inside maintenances, in order.

    Maintenances that overlap or touch are one. A minute that is only partly inside counts as usual: never is
    more excluded than was planned.
    """
    merged: list[Span] = []
    for span in sorted(exclusion.span for exclusion in exclusions):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    minutes = ((ceiling(span.start, MINUTE), floor(span.end, MINUTE)) for span in merged)
    return tuple(Span(start, end) for start, end in minutes if start < end)


def inside(span: Span, excluded: Iterable[Span]) -> Iterator[Span]:
    """The parts of a span that are excluded."""
    for other in excluded:
        start, end = max(span.start, other.start), min(span.end, other.end)
        if start < end:
            yield Span(start, end)


def outside(span: Span, excluded: Iterable[Span]) -> Iterator[Span]:
    """The parts of a span that count."""
    at = span.start
    for other in inside(span, excluded):
        if at < other.start:
            yield Span(at, other.start)
        at = other.end
    if at < span.end:
        yield Span(at, span.end)
