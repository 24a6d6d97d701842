from xml.etree import ElementTree as ET

from shared.backups.chart import sizes_and_durations
from shared.backups.measured import measured
from tests.unit.shared.backups.reports import GOOD, LIMITS, NOW

HISTORY = measured(GOOD, LIMITS, NOW)["history"]
SVG = "{http://www.w3.org/2000/svg}"


def test_a_chart_has_the_size_and_duration_of_each_backup() -> None:
    chart = ET.fromstring(sizes_and_durations(HISTORY))  # noqa: S314 -- our own
    bars = [bar.findtext(f"{SVG}title") for bar in chart.findall(f"{SVG}rect") if bar.findtext(f"{SVG}title")]
    assert len(bars) == 10
    assert all(str(bar).endswith(": 953.7 MiB, 1,200.0 s") for bar in bars)
    assert len(chart.findall(f"{SVG}circle")) == 10


def test_a_backup_whose_size_or_duration_nobody_knows_is_still_one() -> None:
    picture = sizes_and_durations([HISTORY[0] | {"size": None, "duration_seconds": None}]).decode()
    assert "size and duration are not known" in picture


def test_no_backup_is_said_and_not_drawn() -> None:
    picture = sizes_and_durations([]).decode()
    assert "There is no backup" in picture
    assert "<polyline" not in picture
