"""The table, row by row as it fills, and results.json."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bench.outcome import Outcome

RESULTS: Final = Path(__file__).parent / "results.json"
_VERDICTS: Final = {True: ("met", "green"), False: ("not met", "red"), None: ("", "dim")}
_COLUMNS: Final = (("what", 34), ("target", 28), ("measured", 22), ("ratio", 14), ("", 8))


class Report:
    """Prints each outcome at once: the whole table takes minutes."""

    def __init__(self, console: Console) -> None:
        self.outcomes: list[Outcome] = []
        self._console = console

    def head(self) -> None:
        self._console.print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores", style="dim")
        self._console.print(_table(show_header=True))

    def add(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        verdict, style = _VERDICTS[outcome.met]
        table = _table(show_header=False)
        table.add_row(outcome.what, outcome.target, outcome.measured, outcome.ratio, Text(verdict, style))
        said = ((outcome.problem, "red"), (outcome.note, "dim"))
        notes = [Padding(Text(text, style), (0, 0, 0, 2)) for text, style in said if text]
        self._console.print(Group(table, *notes))

    def close(self, path: Path = RESULTS) -> None:
        judged = [outcome for outcome in self.outcomes if outcome.met is not None]
        met = sum(bool(outcome.met) for outcome in judged)
        write(path, self.outcomes)
        self._console.print(f"{met} of {len(judged)} targets met; figures in {path.parent.name}/{path.name}")


def write(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Replace the rows that were measured anew, keep those that were not."""
    fresh = {outcome.row for outcome in outcomes}
    rows = [row for row in _kept(path) if row["row"] not in fresh]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    rows += [{"measured_at": now, **outcome.as_json()} for outcome in outcomes]
    path.write_text(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=2, ensure_ascii=False) + "\n")


def _kept(path: Path) -> Iterable[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text())["rows"]
    except (FileNotFoundError, json.JSONDecodeError, KeyError):
        return []  # a file that can't be read is written anew
    return rows


def _table(*, show_header: bool) -> Table:
    table = Table(box=None, show_header=show_header, padding=(0, 2, 0, 0))
    for title, width in _COLUMNS:
        table.add_column(title, width=width)
    return table
