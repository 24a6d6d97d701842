"""The burn-down as a picture: what is left of a budget, the even pace, the limit of the review."""

import sys
from datetime import UTC, datetime
from typing import Any, Final

import pygal
from pygal.style import Style

from shared.kpi.burn_down import BurnDown
from shared.kpi.objectives import Objective
from shared.kpi.why import target_text

# Pygal looks for its maps by a finder of a protocol that Python has dropped, at every import of anything. We draw no maps.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

_STYLE: Final = Style(
    background="white", plot_background="white", foreground="#3c4450", foreground_strong="#14181f",
    foreground_subtle="#c4cad3", colors=("#2457d6", "#8b95a5", "#c8321f", "#2457d6"), opacity="1",
    font_family="system-ui, sans-serif", title_font_size=20, label_font_size=13, major_label_font_size=13,
    legend_font_size=14, guide_stroke_color="#e3e7ed", major_guide_stroke_color="#e3e7ed", guide_stroke_dasharray="1,0",
    major_guide_stroke_dasharray="1,0", stroke_width=2.5,
)  # fmt: skip
_DASHED: Final = {"width": 2, "dasharray": "6, 6"}
_PERCENT: Final = 100


def burn_down_chart(objective: Objective, found: BurnDown, *, minimum_remaining: float) -> bytes:
    """SVG, without script and without anything fetched from elsewhere."""
    left = [(point.at, float(point.remaining) * _PERCENT) for point in found.points if point.remaining is not None]
    chart = pygal.DateTimeLine(
        width=960, height=420, style=_STYLE, js=(), no_prefix=True, legend_at_bottom=True, legend_at_bottom_columns=4,
        title=f"{objective.title}: error budget left\n{target_text(objective)}",
        x_value_formatter=lambda moment: f"{moment:%d %b}", value_formatter=lambda value: f"{value:.0f}%",
        range=(min([0.0, *(value for _, value in left)]), float(_PERCENT)), show_dots=False, dots_size=2,
        x_labels=_days(found), no_data_text="No request was measured in this window", explicit_size=True,
    )  # fmt: skip
    chart.add("budget left", left, show_dots=True, stroke_style={"width": 3})
    chart.add("even pace", [(found.span.start, 100.0), (found.span.end, 0.0)], stroke_style=_DASHED)
    limit = minimum_remaining * _PERCENT
    chart.add(f"review below {limit:.0f}%", [(found.span.start, limit), (found.span.end, limit)], stroke_style=_DASHED)
    if left and (exhausted := found.forecast.exhausted_at):
        chart.add("forecast", [left[-1], (max(exhausted, left[-1][0]), 0.0)], stroke_style=_DASHED)
    chart.add_xml_filter(_without_scripts)
    picture: Any = chart.render()
    return bytes(picture)


def _without_scripts(root: Any) -> Any:
    for parent in list(root.iter()):
        for script in parent.findall("{*}script"):
            parent.remove(script)
    return root


def _days(found: BurnDown) -> list[datetime]:
    """About eight labels, at midnights of UTC."""
    start, days = found.span.start, max(found.span.length.days, 1)
    step = max(days // 8, 1)
    return [datetime.fromtimestamp(start.timestamp() + 86_400 * day, UTC) for day in range(0, days + 1, step)]
