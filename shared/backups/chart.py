"""Sizes and durations of the last month's backups as pictures."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pygal
from pygal.style import Style

# Pygal looks for its maps by a finder of a protocol that Python has dropped, at every import of anything. We draw no maps.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

_STYLE: Final = Style(
    background="white", plot_background="white", foreground="#3c4450", foreground_strong="#14181f",
    foreground_subtle="#c4cad3", colors=("#2457d6", "#8b95a5"), opacity="1", font_family="system-ui, sans-serif",
    title_font_size=20, label_font_size=13, major_label_font_size=13, legend_font_size=14,
    guide_stroke_color="#e3e7ed", major_guide_stroke_color="#e3e7ed", guide_stroke_dasharray="1,0",
    major_guide_stroke_dasharray="1,0",
)  # fmt: skip
_MIB: Final = 1024**2
_MOST_LABELS: Final = 8


def sizes_and_durations(history: Sequence[Mapping[str, Any]]) -> bytes:
    """SVG, without script and without anything fetched from elsewhere: sizes as bars, durations as a line."""
    chart = pygal.Bar(
        width=960, height=420, style=_STYLE, js=(), no_prefix=True, legend_at_bottom=True, explicit_size=True,
        title="Backups of PostgreSQL: size and duration", no_data_text="There is no backup",
        value_formatter=lambda value: f"{value:,.1f} MiB", secondary_range=_range(history), show_minor_x_labels=False,
    )  # fmt: skip
    days = [f"{datetime.fromisoformat(one['completed_at']):%d %b %H:%M}" for one in history]
    chart.x_labels = days
    chart.x_labels_major = days[:: max(len(days) // _MOST_LABELS, 1)]
    chart.add("size (MiB)", [one["size"] and one["size"] / _MIB for one in history])
    durations = [one["duration_seconds"] for one in history]
    chart.add("duration (s, right)", durations, secondary=True, formatter=lambda value: f"{value:,.1f} s")
    chart.add_xml_filter(_without_scripts)
    picture: Any = chart.render()
    return bytes(picture)


def _range(history: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    return 0.0, max((one["duration_seconds"] or 0.0 for one in history), default=0.0) or 1.0


def _without_scripts(root: Any) -> Any:
    for parent in list(root.iter()):
        for script in parent.findall("{*}script"):
            parent.remove(script)
    return root
