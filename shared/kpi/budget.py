"""Error budgets and burn rates: the same quotient over different windows, so that they cannot disagree."""

from dataclasses import dataclass
from fractions import Fraction

from shared.kpi.counts import Counts
from shared.kpi.measure import Measurement
from shared.kpi.objectives import BurnPair, Objective
from shared.kpi.timeline import Span


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much of what may fail has failed. ``remaining`` goes below 0 when more failed than may.

    ``consumed`` is None without a request. A budget of too few samples is shown, but ``judged`` is false: it
    gates nothing and exhausts nothing.
    """

    span: Span
    samples: int
    bad: int
    allowed: Fraction
    consumed: Fraction | None
    judged: bool

    @property
    def remaining(self) -> Fraction | None:
        return None if self.consumed is None else 1 - self.consumed

    @property
    def exhausted(self) -> bool:
        """Nothing is left. With exactly nothing left, the target is still met."""
        return self.judged and self.consumed is not None and self.consumed >= 1


@dataclass(frozen=True, kw_only=True)
class BurnAlert:
    """A pair of windows, what they burn, and whether both burn too fast."""

    pair: BurnPair
    long: Fraction | None
    short: Fraction | None
    samples: int
    judged: bool
    firing: bool


def burn_rate(objective: Objective, counts: Counts) -> Fraction | None:
    """Bad requests over those that the target allows among so many: 1 spends the budget exactly in its period."""
    allowed = (1 - objective.target) * objective.samples(counts)
    return objective.bad(counts) / allowed if allowed else None


def budget(objective: Objective, measured: Measurement) -> Budget:
    samples = objective.samples(measured.counts)
    return Budget(
        span=measured.span,
        samples=samples,
        bad=objective.bad(measured.counts),
        allowed=(1 - objective.target) * samples,
        consumed=burn_rate(objective, measured.counts),
        judged=samples >= objective.minimum_samples,
    )


def burn_alert(objective: Objective, pair: BurnPair, long: Counts, short: Counts) -> BurnAlert:
    """Fires strictly above the factor in both windows, and only if the long one has enough samples."""
    rates = burn_rate(objective, long), burn_rate(objective, short)
    judged = objective.samples(long) >= objective.minimum_samples
    return BurnAlert(
        pair=pair,
        long=rates[0],
        short=rates[1],
        samples=objective.samples(long),
        judged=judged,
        firing=judged and all(rate is not None and rate > pair.factor for rate in rates),
    )
