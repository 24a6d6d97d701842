from shared.backups.chart import sizes_and_durations
from shared.backups.measured import measured
from tests.unit.shared.backups.reports import GOOD, LIMITS, NOW


def test_a_chart_has_sizes_and_durations_and_no_script() -> None:
    picture = sizes_and_durations(measured(GOOD, LIMITS, NOW)["history"]).decode()
    assert picture.count("953.7 MiB") == 10
    assert "1,200.0 s" in picture
    assert "<script" not in picture


def test_no_backup_is_said_and_not_drawn() -> None:
    assert "There is no backup" in sizes_and_durations([]).decode()
