import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from scripts.p09 import calendar as commands
from scripts.p09 import status as status_commands
from scripts.p09.calendar import _moment
from scripts.p09.main import app

run = CliRunner().invoke
BASE = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
ENTRY = {
    "id": "maintenance-0123456789ab", "kind": "maintenance", "state": "planned", "title": "Upgrade", "reason": "New",
    "start": "2026-12-01T22:00:00Z", "end": "2026-12-01T23:00:00Z", "components": ["analytics"], "note": "",
}  # fmt: skip
SUMMARY = {
    "page": {"url": "https://status.example.com"}, "status": {"description": "Partial System Outage"},
    "components": [{"name": "Analytics", "status": "major_outage"}], "scheduled_maintenances": [],
    "incidents": [{"status": "identified", "name": "Down", "started_at": "2026-11-24T12:00:00.000Z",
                   "incident_updates": [{"body": "We have found the cause."}]}],
}  # fmt: skip


class Recorded:
    """An API that answers alike and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []

    def post(self, path: str, body: Any) -> Any:
        self.asked.append(("POST", path, body))
        return ENTRY

    def patch(self, path: str, body: Any) -> Any:
        self.asked.append(("PATCH", path, body))
        return ENTRY

    def pages(self, path: str, _name: str, **asked: str) -> Iterator[Any]:
        self.asked.append(("GET", path, asked))
        return iter([ENTRY])


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    found = Recorded()
    monkeypatch.setattr(commands, "_api", lambda _context: found)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-11-24T12:30:00+00:00"),
        ("+2h", "2026-11-24T14:30:00+00:00"),
        ("90m", "2026-11-24T14:00:00+00:00"),
        ("2026-12-01T22:00", "2026-12-01T22:00:00+00:00"),
        ("2026-12-01T22:00+01:00", "2026-12-01T22:00:00+01:00"),
    ],
)
def test_times_are_said_as_people_say_them_and_are_utc_unless_they_say_otherwise(text: str, expected: str) -> None:
    assert _moment(text, BASE) == expected


def test_what_is_no_time_is_wrong_usage() -> None:
    with pytest.raises(typer.BadParameter, match="is no time"):
        _moment("tomorrow", BASE)


def test_a_plan_lasts_as_long_as_its_end_says(api: Recorded) -> None:
    common = ["--start", "2026-12-01T22:00", "--reason", "New version"]
    done = run(app, ["calendar", "plan", "Upgrade", *common, "--end", "2h", "--component", "analytics"])
    assert done.exit_code == 0, done.output
    [(_, path, body)] = api.asked
    assert path == "/v1/calendar"
    assert (body["kind"], body["components"]) == ("maintenance", ["analytics"])
    assert datetime.fromisoformat(body["end"]) - datetime.fromisoformat(body["start"]) == timedelta(hours=2)
    assert "maintenance-0123456789ab" in done.output


def test_a_freeze_needs_no_component(api: Recorded) -> None:
    done = run(app, ["calendar", "freeze", "Holidays", "--start", "now", "--end", "14d", "--reason", "x", "--json"])
    assert json.loads(done.output) == ENTRY
    assert (api.asked[0][2]["kind"], api.asked[0][2]["components"]) == ("freeze", [])


def test_a_change_sends_what_changes_and_nothing_else(api: Recorded) -> None:
    assert run(app, ["calendar", "change", "maintenance-1", "--title", "Another"]).exit_code == 0
    assert run(app, ["calendar", "cancel", "maintenance-1", "--reason", "Not needed"]).exit_code == 0
    assert api.asked == [
        ("PATCH", "/v1/calendar/maintenance-1", {"title": "Another"}),
        ("POST", "/v1/calendar/maintenance-1/cancel", {"reason": "Not needed"}),
    ]


def test_the_list_shows_a_line_for_each_entry(api: Recorded) -> None:
    done = run(app, ["calendar", "list", "--kind", "maintenance"])
    assert api.asked == [("GET", "/v1/calendar", {"kind": "maintenance"})]
    assert done.output.splitlines()[0].split() == ["id", "state", "start", "end", "components", "title"]
    assert "Upgrade" in done.output


@pytest.mark.parametrize(("age", "code"), [(20, 0), (600, 1)])
def test_the_status_is_told_and_a_stale_page_is_a_failure(monkeypatch: pytest.MonkeyPatch, age: int, code: int) -> None:
    at = (datetime.now(UTC) - timedelta(seconds=age)).isoformat()
    heartbeat = {"at": at, "stale_after_seconds": 300, "version": "x"}
    answers = {"/api/v2/summary.json": SUMMARY, "/heartbeat.json": heartbeat}
    monkeypatch.setattr(status_commands, "_reader", lambda _context, _at: answers.__getitem__)
    done = run(app, ["status", "show"])
    assert done.exit_code == code
    assert "Partial System Outage" in done.output
    assert "Analytics  major outage" in done.output
    assert "identified: Down (since 2026-11-24T12:00:00.000Z)" in done.output
    assert ("STALE" in done.output) == bool(code)
    assert json.loads(run(app, ["status", "show", "--json"]).output)["stale"] == bool(code)
