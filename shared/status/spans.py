"""Spans of time as lists of ends, disjoint and in order."""

from collections.abc import Iterable
from datetime import datetime

Spans = list[tuple[datetime, datetime]]


def union(spans: Iterable[tuple[datetime, datetime]]) -> Spans:
    """Spans that overlap or touch become one; empty ones vanish."""
    found: Spans = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def without(spans: Spans, taken: Spans) -> Spans:
    """What is left of spans outside others."""
    found: Spans = []
    for begin, end in spans:
        start = begin
        for first, last in taken:
            if last <= start or first >= end:
                continue
            if start < first:
                found.append((start, first))
            start = last
        if start < end:
            found.append((start, end))
    return found


def clip(spans: Spans, start: datetime, end: datetime) -> Spans:
    """The parts inside one span."""
    parts = ((max(first, start), min(last, end)) for first, last in spans)
    return [(first, last) for first, last in parts if first < last]


def seconds(spans: Spans) -> float:
    return sum((end - start).total_seconds() for start, end in spans)
