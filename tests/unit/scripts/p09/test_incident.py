import json
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from local import api
from scripts.p09.main import app

INCIDENT = {
    "id": "INC-20261124-120000-0a1b2c", "title": "Not available: Analytics", "state": "investigating", "severity": "page",
    "customer_impacting": True, "components": ["analytics"], "owner": "", "causes": ["service"],
    "failing": ["probe:service"], "signals": 3, "sequence": 1, "opened_at": "2026-11-24T12:00:00Z", "opened_by": "",
    "acknowledged_at": None, "acknowledged_by": "", "escalated": [], "monitoring_since": None, "resolved_at": None,
    "merged_into": None, "review": None, "may": ["acknowledge", "update", "merge", "resolve"],
    "timeline": [{"at": "2026-11-24T12:00:00Z", "kind": "signal", "by": "", "text": "503", "public": False,
                  "state": "investigating", "links": {}}],
}  # fmt: skip
REVIEW = {
    "id": "PIR-20261124-120000-0a1b2c", "title": "x", "state": "open", "incident": INCIDENT["id"], "kpi": None,
    "decision": None, "owner": "ada", "due": "2026-12-01", "overdue": False, "summary": "s", "impact": "i",
    "contributing_factors": "", "went_well": "", "closed_by": "", "missing": ["contributing_factors is empty"],
    "actions": [], "timeline": INCIDENT["timeline"],
}  # fmt: skip


class Server:
    """Answers with one content, and keeps what was asked."""

    def __init__(self, content: Any, status: int = 200) -> None:
        self.content, self.status = content, status
        self.asked: list[tuple[str, str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, request.url.raw_path.decode(), body))
        return httpx2.Response(self.status, json=self.content)


def run(monkeypatch: pytest.MonkeyPatch, server: Server, *words: str) -> Any:
    client = httpx2.Client(transport=httpx2.MockTransport(server))
    monkeypatch.setattr(api, "_client", lambda: client)
    return CliRunner().invoke(app, ["--url", "http://p09", "--token", "t", *words])


def test_incidents_are_listed_as_a_table_or_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server({"incidents": [INCIDENT], "next_cursor": None})
    table = run(monkeypatch, server, "incident", "list", "--state", "open").output.splitlines()
    assert table[1].split()[:4] == [INCIDENT["id"], "investigating", "page", "impacted"]
    assert server.asked == [("GET", "/v1/incidents?limit=20&state=open", None)]
    assert json.loads(run(monkeypatch, server, "incident", "list", "--json").output) == [INCIDENT]


def test_an_incident_is_shown_with_its_timeline(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(monkeypatch, Server(INCIDENT), "incident", "show", str(INCIDENT["id"])).output
    assert "acknowledge, update, merge, resolve" in shown
    assert shown.splitlines()[-1] == "2026-11-24T12:00:00Z  investigating  -: 503"


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        (["incident", "open", "Slow", "--impact"], "POST", "", {"title": "Slow", "customer_impacting": True}),
        (["incident", "ack", "I"], "POST", "/I/acknowledge", {"note": ""}),
        (["incident", "update", "I", "--state", "identified", "--component", "analytics", "-m", "n", "--public"], "POST",
         "/I/updates", {"state": "identified", "components": ["analytics"], "note": "n", "public": True}),
        (["incident", "merge", "I", "--into", "J"], "POST", "/I/merge", {"into": "J"}),
        (["incident", "resolve", "I", "--although-failing"], "POST", "/I/resolve", {"although_failing": True}),
        (["incident", "reopen", "I", "-m", "again"], "POST", "/I/reopen", {"note": "again"}),
    ],
)  # fmt: skip
def test_acts_on_incidents_are_calls_of_the_api(
    monkeypatch: pytest.MonkeyPatch, words: list[str], method: str, path: str, body: dict[str, Any]
) -> None:
    server = Server(INCIDENT)
    assert run(monkeypatch, server, *words, "--json").exit_code == 0
    ((asked_method, asked_path, asked),) = server.asked
    assert (asked_method, asked_path) == (method, f"/v1/incidents{path}")
    assert asked.items() >= body.items()
    assert None not in asked.values()


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        (["show", "R"], "GET", "/R", None),
        (["write", "R", "--contributing-factors", "f"], "PATCH", "/R", {"contributing_factors": "f"}),
        (["action", "R", "--title", "t", "--owner", "o", "--due", "2026-12-24"], "POST", "/R/actions",
         {"title": "t", "owner": "o", "due": "2026-12-24"}),
        (["action", "R", "2", "--state", "done"], "PATCH", "/R/actions/2", {"state": "done"}),
        (["close", "R", "-m", "n"], "POST", "/R/close", {"note": "n"}),
    ],
)  # fmt: skip
def test_acts_on_reviews_are_calls_of_the_api(
    monkeypatch: pytest.MonkeyPatch, words: list[str], method: str, path: str, body: dict[str, Any] | None
) -> None:
    server = Server(REVIEW)
    result = run(monkeypatch, server, "review", *words)
    assert result.exit_code == 0
    assert "before it can be closed: contributing_factors is empty" in result.output
    assert server.asked == [(method, f"/v1/reviews{path}", body)]


def test_what_is_refused_is_said_in_a_line_and_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server({"title": "Conflict", "detail": "INC-1 is resolved: it can't be resolved"}, 409)
    result = run(monkeypatch, server, "incident", "resolve", "INC-1")
    assert result.exit_code == 1
    assert "is resolved" in str(result.exception)
