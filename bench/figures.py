"""The way that figures are printed."""

from typing import Final

FEW_SECONDS: Final = 0.1


def whole(value: float) -> str:
    return f"{value:,.0f}"


def times(value: float) -> str:
    return f"{value:.2f} x"


def milliseconds(seconds: float) -> str:
    digits = 1 if seconds < FEW_SECONDS else 0
    return f"{seconds * 1000:,.{digits}f} ms"
