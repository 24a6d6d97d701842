"""The 20:00 task against a stand-in for GitHub that answers over real HTTP, and breaks as GitHub does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from local.state import free_port
from shared.changes.acts import Act, planned
from shared.changes.model import Change, Entry, Plan
from shared.changes.store import ChangeStore, first_id
from shared.delivery import github as adapter
from shared.platform.actor import Actor
from shared.runbook.run import Run, Verdict
from tests.integration.tasks.conftest import PIPELINE, World, never_green
from tests.integration.tasks.github import EIGHT, REPOSITORY, TOKEN, GitHub
from tests.integration.tasks.service import Reply, served

SECRET = {"repository": REPOSITORY, "token": TOKEN}


@pytest.fixture
def github() -> Iterator[GitHub]:
    found = GitHub()
    with served(found):
        found.add(1)
        for number in range(101, 106):
            found.add(number, hours=48 + number)
        yield found


@pytest.fixture
def function(world: World, github: GitHub, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    world.put_secret(PIPELINE, SECRET)
    monkeypatch.setattr(adapter, "TIMEOUT_SECONDS", 1.0)
    return world.function("pipeline_review", github_url=f"{github.url}/api")


def review(world: World, function: ModuleType) -> Run:
    return world.run(function, "pipeline_review", EIGHT)


def measured(run: Run) -> dict[str, Any]:
    assert run.finding is not None
    return dict(run.finding.measured)


def test_good_runs_pass_with_evidence(world: World, function: ModuleType) -> None:
    run = review(world, function)
    assert run.state == "passed", run
    found = measured(run)
    assert (found["repository"], found["branch"], found["runs"], found["judged"]) == (REPOSITORY, "main", 1, 1)
    assert found["not_compared"] == []
    assert run.finding is not None
    assert run.finding.inputs["runs"].startswith("sha256:")
    assert TOKEN not in repr(run)
    assert [event.detail_type for event in world.sent] == ["TaskPassed"]


def test_a_failure_of_the_default_branch_fails_with_a_link(world: World, function: ModuleType, github: GitHub) -> None:
    github.add(2, "failure")
    run = review(world, function)
    assert "Deploy failed on main" in never_green(run, Verdict.FAILED)
    assert run.finding is not None
    assert "https://github.com/run/2" in run.finding.links.values()


def test_a_regression_fails(world: World, function: ModuleType, github: GitHub) -> None:
    github.runs.clear()
    github.add(1, seconds=200)
    for number in range(101, 106):
        github.add(number, hours=48 + number)
    run = review(world, function)
    assert "Deploy / test took 200 s, the median of 5 before is 60 s" in never_green(run, Verdict.FAILED)
    assert measured(run)["slower"][0]["median_seconds"] == 60


def test_a_flaky_job_fails_although_it_passed_in_the_end(world: World, function: ModuleType, github: GitHub) -> None:
    github.add(3, branch="try", attempts=("failure", "success"))
    assert "is flaky: failed, then passed" in never_green(review(world, function), Verdict.FAILED)


def test_runs_of_many_pages_are_all_read(world: World, function: ModuleType, github: GitHub) -> None:
    github.page_size = 2
    for number in range(10, 17):
        github.add(number, hours=number)
    github.add(17, "failure", hours=23)
    run = review(world, function)
    never_green(run, Verdict.FAILED)
    assert (measured(run)["runs"], measured(run)["failures"]) == (9, 1)


def test_no_run_at_all_is_nothing_to_judge_and_not_green(world: World, function: ModuleType, github: GitHub) -> None:
    github.runs.clear()
    assert "nothing to judge" in never_green(review(world, function), Verdict.UNCONFIGURED)


def test_a_run_that_is_still_under_way_is_nothing_to_judge(world: World, function: ModuleType, github: GitHub) -> None:
    github.runs.clear()
    github.add(1, None)
    assert "(1 are under way)" in never_green(review(world, function), Verdict.UNCONFIGURED)


@pytest.mark.parametrize(
    "secret", ['{"repository": "", "token": "", "placeholder": "x"}', "{}", "nothing", '{"token": "x"}']
)
def test_a_secret_that_nobody_filled_in_is_unconfigured(world: World, function: ModuleType, secret: str) -> None:
    world.put_secret(PIPELINE, secret)
    assert "is not configured" in never_green(review(world, function), Verdict.UNCONFIGURED)
    assert [event.detail_type for event in world.sent] == ["TaskUnconfigured"]


def test_a_secret_that_does_not_exist_is_unconfigured(world: World, github: GitHub) -> None:
    function = world.function("pipeline_review", github_url=github.url, pipeline_secret_arn="p09-test-absent")
    assert "is not configured" in never_green(review(world, function), Verdict.UNCONFIGURED)


def test_a_repository_that_is_none_fails(world: World, function: ModuleType) -> None:
    world.put_secret(PIPELINE, SECRET | {"repository": "https://github.com/acme/shop"})
    assert "must be written owner/name" in never_green(review(world, function), Verdict.FAILED)


def test_a_secret_that_can_not_be_read_fails(world: World, function: ModuleType) -> None:
    world.down.add("secretsmanager")
    assert "timed out" in never_green(review(world, function), Verdict.FAILED)


def test_a_wrong_token_fails_and_says_what_to_do(world: World, function: ModuleType) -> None:
    world.put_secret(PIPELINE, SECRET | {"token": "ghp_wrong"})
    why = never_green(review(world, function), Verdict.FAILED)
    assert "GitHub refused the token (401)" in why
    assert "ghp_wrong" not in why


def test_an_unknown_repository_fails(world: World, function: ModuleType) -> None:
    world.put_secret(PIPELINE, SECRET | {"repository": "acme/other"})
    assert "knows no repository acme/other" in never_green(review(world, function), Verdict.FAILED)


LIMITED = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795550400"}
BROKEN: dict[str, tuple[list[Reply | None], str]] = {
    "down": ([Reply(503, "<html>unicorn")], "GitHub answered 503: <html>unicorn"),
    "slow": ([Reply(hold=True)], "GitHub did not answer within 1 s"),
    "hanging up": ([Reply(drop=True)], "GitHub can't be reached"),
    "cut": ([Reply(body="{", cut=True)], "GitHub can't be reached: IncompleteRead"),
    "wrong answer": ([Reply(body="<html>", kind="text/html")], "something else than JSON"),
    "another object": ([Reply(body={"message": "hello"})], "has no default_branch"),
    "a list": ([Reply(body=[1])], "something else than an object"),
    "runs that are none": ([None, Reply(body={"workflow_runs": [{"id": "x", "status": "completed"}]})], "has no id"),
    "a time that is none": (
        [None, Reply(body={"workflow_runs": [{"id": 1, "status": "queued", "head_sha": "a", "created_at": "now"}]})],
        "a time that is none",
    ),
    "rate limit": ([Reply(403, {"message": "API rate limit"}, headers=LIMITED)], "rate limit is used up (403), until"),
    "secondary rate limit": ([Reply(429, "", headers={"retry-after": "60"})], "used up (429), for 60 s"),
    "forbidden": ([Reply(403, {"message": "Resource not accessible"})], "the token may not use the Actions"),
    "moved": ([Reply(301, "", headers={"location": "/x"})], "acme/shop has moved"),
    "flapping": ([None, Reply(502, "bad gateway")], "GitHub answered 502"),
    "flapping later": ([None, None, None, None, Reply(502, "bad gateway")], "GitHub answered 502"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_github_that_does_not_answer_rightly_fails(
    world: World, function: ModuleType, github: GitHub, how: str
) -> None:
    github.broken, why = list(BROKEN[how][0]), BROKEN[how][1]
    assert why in never_green(review(world, function), Verdict.FAILED)


def test_a_next_page_elsewhere_gets_no_token(world: World, function: ModuleType, github: GitHub) -> None:
    elsewhere = {"link": '<http://127.0.0.1:9/x>; rel="next"'}
    github.broken = [None, Reply(body={"workflow_runs": []}, headers=elsewhere)]
    assert "next page lies elsewhere" in never_green(review(world, function), Verdict.FAILED)


def test_a_github_that_is_not_there_fails(world: World, function: ModuleType) -> None:
    function = world.function("pipeline_review", github_url=f"http://127.0.0.1:{free_port()}")
    assert "GitHub can't be reached" in never_green(review(world, function), Verdict.FAILED)


def test_all_requests_together_have_their_time(world: World, function: ModuleType) -> None:
    world.monkeypatch.setattr(function, "ASKING_SECONDS", 0.0)
    assert "not everything was answered within 0 s" in never_green(review(world, function), Verdict.FAILED)


def roll_back(world: World, at: datetime) -> Change:
    """A change that was planned a day before it was rolled back."""
    begun = at - timedelta(days=1)
    plan = Plan(
        title="Faster funnels", impact="x", commit="c0ffee" * 6, digest="d", committed_at=begun, planned_for=begun,
        migrations_compatible=True,
    )  # fmt: skip
    change = planned(f"{first_id(begun)}-000001", plan, Act(by=Actor(name="ada"), at=begun))
    line = Entry(at=at, by="pipeline", happened="rolled_back", why="canary: not seen")
    change = replace(change, story=(*change.story, line), state="rolled_back")
    ChangeStore(world.table).write(None, change)
    return change


def test_a_change_that_was_rolled_back_is_named_with_its_commit(world: World, function: ModuleType) -> None:
    change = roll_back(world, EIGHT - timedelta(hours=1))
    run = review(world, function)
    why = f"{change.id} (Faster funnels, c0ffeec) was rolled back: canary: not seen"
    assert never_green(run, Verdict.FAILED) == why
    assert measured(run)["rolled_back"] == [change.id]


def test_what_was_rolled_back_is_told_although_nobody_has_configured_the_pipeline(
    world: World, function: ModuleType
) -> None:
    world.put_secret(PIPELINE, "{}")
    change = roll_back(world, EIGHT - timedelta(hours=1))
    why = never_green(review(world, function), Verdict.FAILED)
    assert why.startswith(f"{change.id} ")
    assert "is not configured" in why


def test_what_was_rolled_back_before_the_day_is_not_told_again(world: World, function: ModuleType) -> None:
    roll_back(world, EIGHT - timedelta(hours=25))
    assert review(world, function).state == "passed"
