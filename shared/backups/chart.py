"""Sizes and durations of the last month's backups as a picture."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any, Final

from shared.platform.chart import Axis, Bar, Chart, Line, draw, ticks

_MIB: Final = 1024**2
_MOST_LABELS: Final = 8
_BAR: Final = 0.7  # of the room between two backups


def sizes_and_durations(history: Sequence[Mapping[str, Any]]) -> bytes:
    """SVG: sizes as bars, durations as a line."""
    sizes = [(one["size"] or 0) / _MIB for one in history]
    durations = [(number + 0.5, one["duration_seconds"]) for number, one in enumerate(history)]
    right = _axis([seconds for _, seconds in durations if seconds is not None], "s")
    texts = [f"{_day(one)}: {_text(one)}" for one in history]
    return draw(
        Chart(
            title="Backups of PostgreSQL: size and duration", subtitle="Each bar is a backup, the line says how long it took",
            description=f"{len(history)} backups. The newest: {texts[-1]}." if texts else "There is no backup.",
            bottom=_backups(history), left=_axis(sizes, "MiB"), right=right, bars_name="size (MiB)",
            bars=[
                Bar(at=number + (1 - _BAR) / 2, width=_BAR, value=size, text=text)
                for number, (size, text) in enumerate(zip(sizes, texts, strict=True))
            ],
            lines=[
                Line(
                    name="duration (s, right)", axis=right, tone="limit", dots=True,
                    points=[(at, seconds) for at, seconds in durations if seconds is not None],
                )
            ],
            nothing="" if history else "There is no backup",
        )
    )  # fmt: skip


def _backups(history: Sequence[Mapping[str, Any]]) -> Axis:
    every = max(ceil(len(history) / _MOST_LABELS), 1)
    labels = [(number + 0.5, _day(one)) for number, one in enumerate(history) if number % every == 0]
    return Axis(low=0, high=len(history) or 1, labels=labels)


def _axis(values: Sequence[float], unit: str) -> Axis:
    marks = ticks(max(values, default=0.0) or 1.0)
    return Axis(low=0.0, high=marks[-1], labels=[(mark, f"{mark:,g} {unit}") for mark in marks])


def _text(backup: Mapping[str, Any]) -> str:
    size, seconds = backup["size"], backup["duration_seconds"]
    parts = [f"{size / _MIB:,.1f} MiB" if size else "", "" if seconds is None else f"{seconds:,.1f} s"]
    return ", ".join(part for part in parts if part) or "size and duration are not known"


def _day(backup: Mapping[str, Any]) -> str:
    return f"{datetime.fromisoformat(backup['completed_at']):%d %b %H:%M}"
