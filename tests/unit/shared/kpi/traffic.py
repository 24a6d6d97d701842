"""Slices for tests, and what an evaluation makes of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from shared.kpi.counts import Counts
from shared.kpi.evaluate import Evaluation, evaluate
from shared.kpi.exclusions import Exclusion
from shared.kpi.measure import roll_up, slice_counts
from shared.kpi.timeline import Span, floor
from shared.runbook.load import the_runbook

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SLICE = timedelta(minutes=5)


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


def one_slice(run: Run) -> Counts:
    fast = run.requests - run.slow - run.at_limit - run.beyond
    return slice_counts(
        requests=run.requests, errors=run.errors, latencies={100: fast, 200: run.at_limit, 500: run.slow},
        beyond=run.beyond, bad_above=the_runbook().slices.bad_above_percent / 100, probes_passed=run.passed,
        probes_failed=run.failed, probes_skipped=run.skipped,
    )  # fmt: skip


def slices_of(runs: Iterable[Run], end: datetime = NOW) -> dict[datetime, Counts]:
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
