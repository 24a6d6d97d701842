"""Availability, three ways that are never blended. The KPI is the first."""

from dataclasses import dataclass
from fractions import Fraction

from shared.kpi.counts import Counts
from shared.kpi.measure import Measurement
from shared.kpi.objectives import Objective
from shared.kpi.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Availabilities:
    """Shares from 0 to 1, None where nothing was measured.

    ``request``: good requests of all. ``time_slice``: slices that were not bad of those measured, missing ones
    counted apart. ``probe``: successes of runs; a skipped probe is no run.
    """

    request: Fraction | None
    time_slice: Fraction | None
    slices: int
    bad_slices: int
    missing_slices: int
    probe: Fraction | None
    probe_runs: int
    probes_skipped: int
    probe_verdict: Verdict


def availabilities(objective: Objective, measured: Measurement) -> Availabilities:
    counts = measured.counts
    runs = counts.probes_passed + counts.probes_failed
    return Availabilities(
        request=_share(counts.requests - counts.errors, counts.requests),
        time_slice=_share(counts.slices - counts.bad_slices, counts.slices),
        slices=counts.slices,
        bad_slices=counts.bad_slices,
        missing_slices=measured.missing,
        probe=_share(counts.probes_passed, runs),
        probe_runs=runs,
        probes_skipped=counts.probes_skipped,
        probe_verdict=_probe_verdict(objective, counts),
    )


def _probe_verdict(objective: Objective, counts: Counts) -> Verdict:
    runs = counts.probes_passed + counts.probes_failed
    if runs == 0:
        return Verdict.NO_DATA
    if runs < objective.minimum_probes:
        return Verdict.INSUFFICIENT_DATA
    return Verdict.MET if counts.probes_passed >= objective.target * runs else Verdict.BREACHED


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
