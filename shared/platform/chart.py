"""A chart as SVG, for an archive: no script, nothing fetched from elsewhere, and a title and a description for who can't see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, floor, log10
from pathlib import Path
from typing import Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

Tone = Literal["main", "muted", "limit"]

WIDTH: Final = 960
HEIGHT: Final = 420
_LEFT, _TOP, _RIGHT, _BOTTOM = 72, 78, 72, 76  # margins around the plot
_STEPS: Final = (1, 2, 5, 10)


@dataclass(frozen=True, kw_only=True)
class Axis:
    """From ``low`` to ``high``, with labels at values."""

    low: float
    high: float
    labels: Sequence[tuple[float, str]]

    def share(self, value: float) -> float:
        """How far along the axis a value is: 0 at its low end, 1 at its high end."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Through points of the bottom axis and of its own ``axis`` (the left one by default)."""

    name: str
    points: Sequence[tuple[float, float]]
    tone: Tone = "main"
    dashed: bool = False
    dots: bool = False
    axis: Axis | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    """``width`` is in units of the bottom axis; ``text`` is shown by whoever points at it."""

    at: float
    width: float
    value: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """``nothing`` is shown in place of lines and bars when it is not empty."""

    title: str
    subtitle: str
    description: str
    bottom: Axis
    left: Axis
    right: Axis | None = None
    lines: Sequence[Line] = ()
    bars: Sequence[Bar] = ()
    bars_name: str = ""
    nothing: str = ""


def draw(chart: Chart) -> bytes:
    plot = {"left": _LEFT, "right": WIDTH - _RIGHT, "top": _TOP, "bottom": HEIGHT - _BOTTOM}
    return _template().render(
        chart=chart, width=WIDTH, height=HEIGHT, plot=plot, legend=list(_legend(chart)),
        x=lambda value: round(_x(chart, value), 1), y=lambda axis, value: round(_y(axis, value), 1),
        path=lambda line: " ".join(
            f"{_x(chart, at):.1f},{_y(line.axis or chart.left, value):.1f}" for at, value in line.points
        ),
    ).encode()  # fmt: skip


def ticks(high: float, most: int = 5) -> list[float]:
    """From 0 to at least ``high``, at most so many steps of 1, 2 or 5 times a power of ten."""
    rough = high / most
    power = 10.0 ** floor(log10(rough))
    step = next(step * power for step in _STEPS if step * power >= rough)
    return [step * number for number in range(ceil(high / step) + 1)]


def _x(chart: Chart, value: float) -> float:
    return _LEFT + chart.bottom.share(value) * (WIDTH - _LEFT - _RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - _BOTTOM - axis.share(value) * (HEIGHT - _TOP - _BOTTOM)


def _legend(chart: Chart) -> Iterator[tuple[int, str, Line | None]]:
    """Where each entry begins, its name, and its line; bars have none."""
    named: list[tuple[str, Line | None]] = [(chart.bars_name, None)] if chart.bars else []
    at = _LEFT
    for name, line in (*named, *((line.name, line) for line in chart.lines)):
        yield at, name, line
        at += 60 + 8 * len(name)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("chart.svg.jinja")
