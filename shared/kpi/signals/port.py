"""What an evaluation asks for: the counts of slices, from wherever requests are counted at the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, Protocol, Self

from shared.kpi.counts import Slice
from shared.runbook.model import Runbook

PROBES_PASSED: Final = "ProbesPassed"
PROBES_FAILED: Final = "ProbesFailed"
PROBES_SKIPPED: Final = "ProbesSkipped"


class SignalsUnavailable(Exception):
    """The source can't be asked, or answered with something else than counts. Nothing is known of the slices."""


class Signals(Protocol):
    def slices(self, starts: Sequence[datetime]) -> Mapping[datetime, Slice]:
        """The counts of slices that follow each other, oldest first. A slice that nobody measured is left out.

        Raises ``SignalsUnavailable``.
        """


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How slices are cut: what an adapter must know of the runbook."""

    length: timedelta
    bounds_ms: tuple[int, ...]
    bad_above: Fraction
    long_routes: tuple[str, ...]
    long_within_ms: int

    @classmethod
    def of(cls, runbook: Runbook) -> Self:
        slices = runbook.slices
        return cls(
            length=slices.length,
            bounds_ms=tuple(slices.latency_bounds_ms),
            bad_above=slices.bad_above_percent / 100,
            long_routes=tuple(runbook.kpis.long_latency.routes),
            long_within_ms=runbook.kpis.long_latency.target_ms,
        )
