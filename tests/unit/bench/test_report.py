import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench.outcome import Outcome, not_measured
from bench.report import Report


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results.json"


def reported(results: Path, *outcomes: Outcome) -> str:
    output = StringIO()
    report = Report(Console(file=output, width=120))
    report.head()
    for outcome in outcomes:
        report.add(outcome)
    report.close(results)
    return output.getvalue()


def outcome(row: str, *, met: bool | None) -> Outcome:
    return Outcome(row=row, what=f"what {row} is", target="≥ 5", measured="6 x/s", met=met, note="a note")


def test_each_row_is_printed_with_its_target_and_verdict(results: Path) -> None:
    text = reported(results, outcome("one", met=True), outcome("two", met=False))
    for part in ("what one is", "≥ 5", "6 x/s", "a note", "not met", "1 of 2 targets met"):
        assert part in text


def test_a_row_that_was_not_measured_says_why_and_is_not_judged(results: Path) -> None:
    text = reported(results, not_measured("run", "make run", "it did not start"))
    assert "not measured" in text
    assert "it did not start" in text
    assert "0 of 0 targets met" in text


def test_results_keep_the_rows_that_were_not_measured_again(results: Path) -> None:
    reported(results, outcome("one", met=True), outcome("two", met=True))
    reported(results, outcome("two", met=False))
    rows = {row["row"]: row["met"] for row in json.loads(results.read_text())["rows"]}
    assert rows == {"one": True, "two": False}


def test_results_that_cannot_be_read_are_written_anew(results: Path) -> None:
    results.write_text("{broken")
    reported(results, outcome("one", met=None))
    assert [row["row"] for row in json.loads(results.read_text())["rows"]] == ["one"]
