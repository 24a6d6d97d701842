"""What stands for GitHub, asked by the adapter of the product itself through an ASGI client."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from local.chaos import PipelineScenario
from local.github.app import REPOSITORY, create_app
from local.github.history import KEPT, runs
from shared.delivery.github import Access, GitHub
from shared.delivery.pipeline import Limits, PipelineRefused, PipelineUnavailable, Review, look, review
from shared.platform.secret import Secret
from shared.runbook.load import the_runbook

RIGHT = "ghp_right"
NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
TASK = the_runbook().tasks.pipeline_review
LIMITS = Limits(
    look_back=TASK.look_back, history=TASK.history, minimum_history=TASK.minimum_history,
    slower_by_share=float(TASK.slower_percent / 100), slower_by=TASK.slower_by,
)  # fmt: skip


class Asking(GitHub):
    """The adapter, with its requests made to an app instead of a socket."""

    def __init__(self, scenario: PipelineScenario = "clean", token: str = RIGHT, now: datetime = NOW) -> None:
        super().__init__("http://github.test/github", Access(repository=REPOSITORY, token=Secret(token)), within=60)
        app = Starlette(routes=[Mount("/github", create_app(RIGHT, lambda: scenario, lambda: now))])
        self._client = TestClient(app, base_url="http://github.test")

    def _ask(
        self, method: str, path: str, content: Mapping[str, Any] | None, timeout: float
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"authorization": f"Bearer {self._access.token.reveal()}"}
        answer = self._client.request(method, path, headers=headers, content=json.dumps(content) if content else None)
        return answer.status_code, dict(answer.headers), answer.content


def found(scenario: PipelineScenario, now: datetime = NOW) -> Review:
    return review(look(Asking(scenario, now=now), LIMITS, now), LIMITS)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_a_clean_history_passes_the_review_at_any_hour(hour: int) -> None:
    at = NOW.replace(hour=hour, minute=7)
    clean = found("clean", at)
    assert (clean.faults, clean.not_compared, clean.left_out) == ([], [], 0)
    assert clean.judged > 0


@pytest.mark.parametrize("hour", [0, 8, 16, 20])
@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("failure", ["Main failed on main"]),
        ("flake", ["Main / Checks is flaky"]),
        ("slow_job", ["Main / Checks took"]),
        ("regression", ["Main / Checks took", "Main / Build once took", "Main / Staging took"]),
    ],
)
def test_each_scenario_is_found_for_what_it_is_and_nothing_else(
    scenario: PipelineScenario, said: list[str], hour: int
) -> None:
    faults = found(scenario, NOW.replace(hour=hour, minute=7)).faults
    assert [fault.startswith(expected) for fault, expected in zip(faults, said, strict=True)] == [True] * len(said)


def test_a_used_up_rate_limit_and_a_wrong_token_are_refused_as_github_does() -> None:
    with pytest.raises(PipelineUnavailable, match="rate limit is used up \\(403\\), until 21:00:00 UTC"):
        found("rate_limit")
    with pytest.raises(PipelineUnavailable, match="refused the token"):
        Asking(token="wrong").default_branch()


def test_nobody_is_told_that_a_run_was_begun_where_nothing_runs() -> None:
    with pytest.raises(PipelineRefused, match="no runners: nothing here deploys"):
        Asking().dispatch("promote.yml", {"change": "CHG-1"})


def test_pages_hold_the_whole_history_once() -> None:
    client = TestClient(create_app(RIGHT, lambda: "clean", lambda: NOW))
    path = f"/repos/{REPOSITORY}/actions/runs?created=2026-10-01T00:00:00Z..2026-12-01T00:00:00Z&per_page=40"
    ids: list[int] = []
    while path:
        answer = client.get(path, headers={"authorization": f"Bearer {RIGHT}"})
        ids += [one["id"] for one in answer.json()["workflow_runs"]]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert len(ids) == len(set(ids)) == answer.json()["total_count"]
    assert len(ids) > 80


def test_history_is_the_same_whenever_it_is_looked_at_and_never_of_the_future() -> None:
    later = {run.id: run for run in runs(NOW + timedelta(hours=20), "clean")}
    for run in runs(NOW, "clean"):
        assert NOW - KEPT < run.created_at <= NOW
        assert all(job.completed_at <= NOW for job in run.jobs)
        if run.conclusion and run.id in later:
            assert later[run.id] == run


def test_a_run_leads_to_a_page_that_says_to_people_that_it_was_played() -> None:
    app = Starlette(routes=[Mount("/github", create_app(RIGHT, lambda: "clean", lambda: NOW))])
    client = TestClient(app, base_url="http://github.test")
    path = f"/github/repos/{REPOSITORY}/actions/runs?created=2026-11-24T00:00:00Z..2026-11-24T20:00:00Z"
    [newest, *_] = client.get(path, headers={"authorization": f"Bearer {RIGHT}"}).json()["workflow_runs"]
    assert newest["html_url"].startswith("http://github.test/github/")
    assert "No pipeline made it" in client.get(newest["html_url"]).text
    assert client.get(f"/github/{REPOSITORY}/actions/runs/1").status_code == 404
