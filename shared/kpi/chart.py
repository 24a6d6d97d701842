"""The burn-down as a picture: what is left of a budget, the even pace, the limit of the review."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from shared.kpi.burn_down import BurnDown
from shared.kpi.objectives import Objective
from shared.kpi.timeline import DAY
from shared.kpi.why import target_text
from shared.platform.chart import Axis, Chart, Line, draw

_MOST_DAYS: Final = 8  # that are labelled


def burn_down_chart(objective: Objective, found: BurnDown, *, minimum_remaining: float) -> bytes:
    """SVG."""
    left = [(point.at.timestamp(), float(point.remaining)) for point in found.points if point.remaining is not None]
    return draw(
        Chart(
            title=f"{objective.title}: error budget left", subtitle=target_text(objective),
            description=_description(found, left), bottom=_days(found), left=_shares(left),
            lines=list(_lines(found, left, minimum_remaining)),
            nothing="" if left else "No request was measured in this window",
        )
    )  # fmt: skip


def _lines(found: BurnDown, left: list[tuple[float, float]], minimum: float) -> Iterator[Line]:
    start, end = found.span.start.timestamp(), found.span.end.timestamp()
    yield Line(name="budget left", points=left, dots=True)
    yield Line(name="even pace", points=[(start, 1.0), (end, 0.0)], tone="muted", dashed=True)
    yield Line(name=f"review below {minimum:.0%}", points=[(start, minimum), (end, minimum)], tone="limit", dashed=True)
    if left and (exhausted := found.forecast.exhausted_at):
        last = left[-1]
        yield Line(name="forecast", points=[last, (max(exhausted.timestamp(), last[0]), 0.0)], dashed=True)


def _description(found: BurnDown, left: list[tuple[float, float]]) -> str:
    if not left:
        return "No request was measured in this window."
    at, share = left[-1]
    return f"On {datetime.fromtimestamp(at, UTC):%d %b %H:%M} UTC {share:.1%} of the budget was left. {found.forecast.text}"


def _shares(left: list[tuple[float, float]]) -> Axis:
    """From nothing to all of the budget, or from as far below nothing as it has fallen."""
    low = min([0.0, *(share for _, share in left)])
    return Axis(
        low=low, high=1.0, labels=[(share, f"{share:.0%}") for share in sorted({low, 0.0, 0.25, 0.5, 0.75, 1.0})]
    )


def _days(found: BurnDown) -> Axis:
    """Labelled at midnights of UTC."""
    start, days = found.span.start, max(found.span.length.days, 1)
    shown = [start + DAY * day for day in range(0, days + 1, max(days // _MOST_DAYS, 1))]
    labels = [(day.timestamp(), f"{day:%d %b}") for day in shown]
    return Axis(low=start.timestamp(), high=found.span.end.timestamp(), labels=labels)
