"""An evaluation: which stored sums it needs, and what it decides from them. Time is an argument."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.kpi.counts import Counts
from shared.kpi.decision import AnyDecision, CountDecision, CountInputs, Decision, Inputs, decide, decide_count
from shared.kpi.exclusions import Exclusion, excluded_spans, inside
from shared.kpi.measure import History, Measurement, keys_of, measure
from shared.kpi.objectives import Objective, incidents_objective, objectives
from shared.kpi.timeline import DAY, Key, Span, floor, window
from shared.runbook.model import Runbook


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """All decisions at the end of a slice. ``silent`` says that no request was measured for too long,
    none of it in a planned maintenance."""

    at: datetime
    decisions: tuple[Decision, ...]
    incidents: CountDecision
    recent: Measurement
    silent: bool

    @property
    def every(self) -> tuple[AnyDecision, ...]:
        """The decisions on requests and the one on incidents."""
        return (*self.decisions, self.incidents)


def needed(runbook: Runbook, now: datetime, exclusions: Iterable[Exclusion] = ()) -> frozenset[Key]:
    """The stored sums that an evaluation adds up: about 150, however long the history is."""
    end, length = floor(now, runbook.slices.length), runbook.slices.length
    excluded = _excluded(runbook, exclusions)
    return frozenset(key for span in _spans(runbook, end) for key in keys_of(span, excluded, length))


def slices_to_read(runbook: Runbook, now: datetime) -> tuple[datetime, ...]:
    """Starts of the slices whose metrics are read (again): the last few that are over, oldest first."""
    end, length = floor(now, runbook.slices.length), runbook.slices.length
    return tuple(end - n * length for n in range(runbook.slices.reread, 0, -1))


def evaluate(
    runbook: Runbook,
    history: History,
    now: datetime,
    *,
    exclusions: Iterable[Exclusion] = (),
    incidents: int | None,
    as_of: datetime | None = None,
) -> Evaluation:
    """Decide on every KPI as of the last slice that is over.

    Parameters
    ----------
    history
        At least what ``needed`` names, as far as it exists; more does no harm.
    exclusions
        Planned maintenances; ignored if the runbook does not exclude them.
    incidents
        Customer-impacting incidents of the window of that KPI, None if unknown.
    as_of
        The moment to decide as of, if ``now`` is the end of a slice that is not over: no window reaches beyond it.
    """
    end, length = floor(now, runbook.slices.length), runbook.slices.length
    excluded = _excluded(runbook, exclusions)
    at = as_of or end
    bad_above = runbook.slices.bad_above_percent / 100
    measured = {
        span: _until(at, measure(history, span, excluded, length, bad_above=bad_above))
        for span in set(_spans(runbook, end))
    }
    counted = incidents_objective(runbook)
    recent = measured[Span(end - runbook.alerts.no_data.after, end)]
    so_far = window(counted.window, end)
    return Evaluation(
        at=at,
        decisions=tuple(decide(_inputs(objective, at, end, measured)) for objective in objectives(runbook)),
        incidents=decide_count(
            CountInputs(objective=counted, at=at, window=Span(so_far.start, min(so_far.end, at)), count=incidents)
        ),
        recent=recent,
        silent=recent.counts.requests == 0 and recent.excluded_minutes == 0,
    )


def excluded_days(runbook: Runbook, days: Iterable[Key], exclusions: Iterable[Exclusion]) -> dict[Key, tuple[Key, ...]]:
    """What was excluded of each of these days, by the stored sums that tell; days without maintenance are not there."""
    excluded, length = _excluded(runbook, exclusions), runbook.slices.length
    spans = {Key("excluded", day.start): Span(day.start, day.start + DAY) for day in days}
    return {key: keys_of(span, excluded, length) for key, span in spans.items() if any(inside(span, excluded))}


def excluded_in(runbook: Runbook, history: History, day: Key, exclusions: Iterable[Exclusion]) -> Counts:
    span, bad_above = Span(day.start, day.start + DAY), runbook.slices.bad_above_percent / 100
    excluded = _excluded(runbook, exclusions)
    return measure(history, span, excluded, runbook.slices.length, bad_above=bad_above).excluded


def _excluded(runbook: Runbook, exclusions: Iterable[Exclusion]) -> tuple[Span, ...]:
    return excluded_spans(exclusions) if runbook.exclusions.planned_maintenance else ()


def _spans(runbook: Runbook, end: datetime) -> Iterator[Span]:
    yield Span(end - runbook.alerts.no_data.after, end)
    for objective in objectives(runbook):
        yield window(objective.window, end)
        yield window(objective.budget_window, end)
        for length in _burn_windows(objective):
            yield Span(end - length, end)


def _burn_windows(objective: Objective) -> Iterator[timedelta]:
    for pair in objective.pairs:
        yield pair.long
        yield pair.short


def _until(moment: datetime, measured: Measurement) -> Measurement:
    return replace(measured, span=Span(measured.span.start, min(measured.span.end, moment)))


def _inputs(objective: Objective, at: datetime, end: datetime, measured: dict[Span, Measurement]) -> Inputs:
    return Inputs(
        objective=objective,
        at=at,
        window=measured[window(objective.window, end)],
        budget=measured[window(objective.budget_window, end)],
        burns={int(length.total_seconds()): measured[Span(end - length, end)] for length in _burn_windows(objective)},
    )
