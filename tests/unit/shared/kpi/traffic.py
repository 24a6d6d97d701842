"""Slices for tests, and what an evaluation makes of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise

from shared.kpi.counts import Counts, Slice
from shared.kpi.evaluate import Evaluation, evaluate
from shared.kpi.exclusions import Exclusion
from shared.kpi.measure import roll_up, slice_of
from shared.kpi.timeline import MINUTE, Span, floor
from shared.runbook.load import the_runbook

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SLICE = timedelta(minutes=5)
BAD_ABOVE = the_runbook().slices.bad_above_percent / 100


@dataclass(frozen=True)
class Run:
    """``slices`` equal slices. Fast requests take up to 100 ms, slow ones up to 500 ms."""

    slices: int
    requests: int = 0
    errors: int = 0
    slow: int = 0
    at_limit: int = 0
    beyond: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    missing: bool = False


def gap(slices: int) -> Run:
    return Run(slices, missing=True)


def one_slice(run: Run) -> Slice:
    """Each request in the minute after the one before."""
    return slice_of([_minute(run, number) for number in range(SLICE // MINUTE)], BAD_ABOVE)


def _minute(run: Run, number: int) -> Counts:
    def of_first(count: int) -> int:
        return (count + SLICE // MINUTE - 1 - number) // (SLICE // MINUTE)

    bounds = list(accumulate([run.requests - run.slow - run.at_limit - run.beyond, run.at_limit, run.slow, run.beyond]))
    parts = [of_first(upto) - of_first(after) for after, upto in pairwise([0, *bounds])]
    return Counts(
        requests=of_first(run.requests), errors=of_first(run.errors), latencies=dict(zip((100, 200, 500), parts, strict=False)),
        beyond=parts[-1], probes_passed=of_first(run.passed), probes_failed=of_first(run.failed),
        probes_skipped=of_first(run.skipped),
    )  # fmt: skip


def slices_of(runs: Iterable[Run], end: datetime = NOW) -> dict[datetime, Slice]:
    """Runs in order, the last of which ends at ``end``."""
    row = [one_slice(run) if not run.missing else None for run in runs for _ in range(run.slices)]
    start = end - len(row) * SLICE
    return {start + n * SLICE: counts for n, counts in enumerate(row) if counts}


def evaluated(
    runs: Iterable[Run], at: datetime = NOW, exclusions: Iterable[Exclusion] = (), incidents: int | None = 0
) -> Evaluation:
    history = roll_up(slices_of(runs, floor(at, SLICE)), SLICE)
    return evaluate(the_runbook(), history, at, exclusions=exclusions, incidents=incidents)


def maintenance(start: str, end: str) -> Exclusion:
    """A maintenance on the day of NOW."""
    day = f"{NOW:%Y-%m-%d}"
    ends = (datetime.fromisoformat(f"{day}T{moment}+00:00") for moment in (start, end))
    return Exclusion(Span(*ends), "planned")


def shown(value: Fraction | None) -> str:
    return "none" if value is None else str(value)
