import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.state import LocalError
from scripts.p09.main import app
from scripts.p09.output import show, show_rows

run = CliRunner().invoke


@pytest.mark.parametrize(
    "command",
    ["site", "key", "query", "token", "dead-letters", "logs", "calendar", "status", "task", "day", "today", "evidence"],
)
def test_every_command_explains_itself(command: str) -> None:
    done = run(app, [command, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["site", "create"],
        ["site", "create", "Name"],
        ["key", "create", "1", "nonsense"],
        ["token", "--role", "King"],
        ["task", "run", "redis_memory"],
        ["evidence", "verify", "yesterday"],
        ["fly"],
    ],
)
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    assert run(app, arguments).exit_code == 2


def test_without_a_running_system_it_says_how_to_start_one(tmp_path: Path) -> None:
    done = run(app, ["--state", str(tmp_path), "site", "list"])
    assert isinstance(done.exception, LocalError)
    assert "make run" in str(done.exception)


def test_json_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    show({"site_id": "1"}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"site_id": "1"}


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows([{"id": "1", "name": "a long name"}, {"id": "22", "name": "b"}], ("id", "name"), as_json=False)
    assert capsys.readouterr().out.splitlines() == ["id  name", "1   a long name", "22  b"]
