from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.api import Api
from scripts.p09 import change as commands
from scripts.p09.main import app
from scripts.p09.session import Session

run = CliRunner().invoke
ID = "CHG-20261124T120000Z-0a1b2c"
DIGEST = "a" * 64
CHANGE: dict[str, Any] = {
    "id": ID, "title": "Faster funnels", "state": "load_passed", "author": "ada", "demo": False, "impact": "Nothing is down.",
    "committers": ["ada@example.com", "alan@example.com"],
    "planned_for": "2026-11-24T14:00:00Z", "commit": "c" * 40, "digest": DIGEST, "approval": None,
    "override": {"gates": ["budget"], "reason": "x", "by": "grace", "seconded_by": ""},
    "gates": [
        {"name": "budget", "open": False, "overridden": False, "url": "", "why": "Nothing is left"},
        {"name": "freeze", "open": True, "overridden": False, "url": "", "why": "No freeze is on"},
    ],
    "story": [{"at": "2026-11-24T12:00:00Z", "by": "ada", "happened": "planned", "why": "Nothing is down."}],
}  # fmt: skip


class Recorded(Api):
    """An API that answers alike and remembers what it was asked, and as whom."""

    def __init__(self) -> None:
        super().__init__("http://p09.test")
        self.asked: list[tuple[str, str, Any]] = []
        self.role = ""

    def post(self, path: str, body: Any) -> Any:
        self.asked.append((self.role, path, body))
        return CHANGE

    def get(self, path: str, **asked: str) -> Any:
        self.asked.append((self.role, path, asked))
        if path == "/v1/delivery":
            return {"deployments": 3, "per_day": 0.1}
        return {"changes": [CHANGE]} if path == "/v1/changes" else CHANGE


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    found = Recorded()

    def operations(_context: Any, role: str) -> Recorded:
        found.role = role
        return found

    monkeypatch.setattr(commands, "_api", operations)
    return found


def test_the_list_says_which_gates_keep_a_change(api: Recorded) -> None:
    done = run(app, ["change", "list"])
    assert done.exit_code == 0
    assert done.output.splitlines()[1].split()[:4] == [ID, "load_passed", "ada", "budget"]


def test_a_change_is_shown_with_its_gates_and_its_story(api: Recorded) -> None:
    lines = run(app, ["change", "show", ID]).output.splitlines()
    assert "  budget        CLOSED      Nothing is left" in lines
    assert "  freeze        open        No freeze is on" in lines
    assert lines[-1] == "2026-11-24T12:00:00Z  planned        ada: Nothing is down."
    assert any(line.startswith("override") and "by grace and nobody yet" in line for line in lines)
    assert any(line.startswith("committers") and line.endswith("ada@example.com, alan@example.com") for line in lines)


@pytest.mark.parametrize(
    ("typed", "role", "path", "body"),
    [
        (["approve", ID], "P09-Lead", "approve", {}),
        (["reject", ID, "--reason", "x"], "P09-Lead", "reject", {"reason": "x"}),
        (["override", ID, "--gate", "budget", "--reason", "x"], "P09-SRE", "override", {"gates": ["budget"], "reason": "x"}),
        (["second", ID], "P09-Lead", "override/second", {}),
        (["promote", ID, "--digest", DIGEST], "P09-Developer", "promote", {"digest": DIGEST}),
        (["roll-back", ID, "--reason", "x"], "P09-SRE", "roll-back", {"reason": "x"}),
        (
            ["amend", ID, "--commit", "c", "--digest", DIGEST, "--committer", "a@b.example"], "P09-Developer", "artefact",
            {"commit": "c", "digest": DIGEST, "committers": ["a@b.example"]},
        ),
    ],
)  # fmt: skip
def test_acting_on_a_change_asks_the_api_as_the_role_for_it(
    api: Recorded, typed: list[str], role: str, path: str, body: dict[str, Any]
) -> None:
    assert run(app, ["change", *typed]).exit_code == 0
    assert api.asked == [(role, f"/v1/changes/{ID}/{path}", body)]


def test_a_step_is_reported_as_the_pipeline_with_what_it_measured(
    api: Recorded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    api.role = "pipeline"
    monkeypatch.setattr(Session, "pipeline", lambda _: api)
    checks = tmp_path / "smoke.json"
    checks.write_text('[{"check": "console"}]')
    typed = ["--digest", DIGEST, "--failed", "--why", "x", "--run", "7", "--checks", str(checks)]
    assert run(app, ["change", "report", ID, "smoke", *typed]).exit_code == 0
    body = {
        "step": "smoke", "digest": DIGEST, "passed": False, "why": "x", "run": {"id": "7", "url": ""},
        "checks": [{"check": "console"}],
    }  # fmt: skip
    assert api.asked == [("pipeline", f"/v1/changes/{ID}/steps", body)]


def test_planning_sends_the_artefact_and_when_it_goes(api: Recorded) -> None:
    typed = [
        "change",
        "plan",
        "Faster funnels",
        "--impact",
        "None",
        "--commit",
        "c" * 40,
        "--digest",
        DIGEST,
        "--breaking",
        "--committer=ada@example.com",
        "--committer=alan@example.com",
    ]
    assert run(app, typed).exit_code == 0
    ((role, path, body),) = api.asked
    assert (role, path, body["digest"], body["migrations_compatible"]) == (
        "P09-Developer",
        "/v1/changes",
        DIGEST,
        False,
    )
    assert body["committed_at"] < body["planned_for"]
    assert body["committers"] == ["ada@example.com", "alan@example.com"]


def test_figures_are_of_so_many_days(api: Recorded) -> None:
    assert "deployments  3" in run(app, ["change", "figures", "--days", "7"]).output
    assert api.asked == [("P09-SRE", "/v1/delivery", {"days": "7"})]
