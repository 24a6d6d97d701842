"""The burn-down: what is left of a budget over its window, and when it will be gone if nothing changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from shared.kpi.budget import burn_rate
from shared.kpi.counts import Counts
from shared.kpi.exclusions import Exclusion, excluded_spans
from shared.kpi.measure import History, keys_of, measure
from shared.kpi.objectives import Objective
from shared.kpi.timeline import DAY, HOUR, Key, Span, floor, whole_window, window
from shared.platform.moments import duration
from shared.runbook.model import Runbook


@dataclass(frozen=True, kw_only=True)
class Point:
    """The budget as it stood at a moment: consumed by all requests of the window until then."""

    at: datetime
    samples: int
    bad: int
    remaining: Fraction | None


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """``exhausted_at`` is None if the budget lasts to the window's end, or if nothing can be said: see ``text``."""

    exhausted_at: datetime | None
    assumption: str
    text: str


@dataclass(frozen=True, kw_only=True)
class BurnDown:
    span: Span
    points: tuple[Point, ...]
    burn_rate: Fraction | None
    forecast: Forecast


def needed_for_burn_down(
    runbook: Runbook, objective: Objective, now: datetime, exclusions: Iterable[Exclusion] = ()
) -> frozenset[Key]:
    """The stored sums that the series and its forecast add up."""
    end, length = floor(now, objective.slice_length), objective.slice_length
    excluded = excluded_spans(exclusions) if runbook.exclusions.planned_maintenance else ()
    spans = [*_steps(window(objective.budget_window, end), length), Span(end - runbook.burn_rates.forecast_over, end)]
    return frozenset(key for span in spans for key in keys_of(span, excluded, length))


def burn_down(
    runbook: Runbook, objective: Objective, history: History, now: datetime, exclusions: Iterable[Exclusion] = ()
) -> BurnDown:
    """A point at the end of each day, of each hour of the current day, and now."""
    end, length = floor(now, objective.slice_length), objective.slice_length
    excluded = excluded_spans(exclusions) if runbook.exclusions.planned_maintenance else ()
    bad_above = runbook.slices.bad_above_percent / 100
    so_far = Counts()
    points = []
    for step in _steps(window(objective.budget_window, end), length):
        so_far += measure(history, step, excluded, length, bad_above=bad_above).counts
        points.append(_point(objective, step.end, so_far))
    recent = Span(end - runbook.burn_rates.forecast_over, end)
    lately = measure(history, recent, excluded, length, bad_above=bad_above).counts
    whole = whole_window(objective.budget_window, end)
    return BurnDown(
        span=whole,
        points=tuple(points),
        burn_rate=burn_rate(objective, lately),
        forecast=_forecast(objective, so_far, lately, recent, whole.end),
    )


def _steps(span: Span, slice_length: timedelta) -> Iterator[Span]:
    today = floor(span.end, DAY)
    at = span.start
    while at < span.end:
        step = DAY if at < today else HOUR
        if span.length <= HOUR:
            step = slice_length
        upto = min(floor(at, step) + step, span.end)
        yield Span(at, upto)
        at = upto


def _point(objective: Objective, at: datetime, counts: Counts) -> Point:
    consumed = burn_rate(objective, counts)
    remaining = None if consumed is None else 1 - consumed
    return Point(at=at, samples=objective.samples(counts), bad=objective.bad(counts), remaining=remaining)


def _forecast(objective: Objective, so_far: Counts, lately: Counts, recent: Span, end: datetime) -> Forecast:
    """Solves bad + b·t = (1 - target)(total + r·t) for t, with b and r the recent rates."""
    assumption = f"requests go on as in the last {duration(recent.length)}, and as many of them are bad"
    allowed = 1 - objective.target
    left = allowed * objective.samples(so_far) - objective.bad(so_far)
    spent = objective.bad(lately) - allowed * objective.samples(lately)
    at, text = None, f"The budget lasts until the window ends, if {assumption}."
    if objective.samples(lately) < objective.minimum_samples:
        text = (
            f"No forecast: {objective.samples(lately):,} requests in the last {duration(recent.length)}, "
            f"fewer than {objective.minimum_samples:,}."
        )
    elif left <= 0:
        at, text = recent.end, "The budget is exhausted."
    elif spent > 0:
        reached = recent.end + timedelta(seconds=int(left / spent * int(recent.length.total_seconds())))
        if reached < end:
            at, text = reached, f"The budget is exhausted at {reached:%Y-%m-%d %H:%M} UTC, if {assumption}."
    return Forecast(exhausted_at=at, assumption=assumption, text=text)
