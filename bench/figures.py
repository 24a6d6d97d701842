"""Percentiles and the way that figures are printed."""

from collections.abc import Sequence
from math import ceil
from typing import Final

FEW_SECONDS: Final = 0.1


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 to 1) of all values don't exceed (nearest rank)."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def whole(value: float) -> str:
    return f"{value:,.0f}"


def times(value: float) -> str:
    return f"{value:.2f} x"


def milliseconds(seconds: float) -> str:
    digits = 1 if seconds < FEW_SECONDS else 0
    return f"{seconds * 1000:,.{digits}f} ms"
