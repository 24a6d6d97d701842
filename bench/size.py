"""How much is measured: enough for figures that mean something, or just enough to run every line of every row."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Size:
    """``seconds`` is for each HTTP row, ``cold_starts`` for each function; the others count what one row works through."""

    seconds: float = 10
    warm_up_seconds: float = 1
    cold_starts: int = 9
    drained_events: int = 200_000
    fresh_events: int = 60
    batches: int = 100
    rounds: int = 15
    warm_calls: int = 100
    evaluations: int = 60
    days_of_history: int = 400


SMALL: Final = Size(
    seconds=0.5,
    warm_up_seconds=0.1,
    cold_starts=1,
    drained_events=2_000,
    fresh_events=2,
    batches=2,
    rounds=2,
    warm_calls=2,
    evaluations=2,
    days_of_history=2,
)
"""Figures of this size mean nothing: `make test` runs each row with it, so that no row can rot."""
