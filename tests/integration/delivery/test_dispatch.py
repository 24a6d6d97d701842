"""The pipeline is asked to deploy a change over real HTTP."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from functions.promotion import world
from functions.promotion.settings import Settings
from shared.changes.model import Change
from shared.delivery.github import Access
from shared.delivery.github import GitHub as Client
from shared.delivery.pipeline import PipelineUnavailable
from shared.platform.secret import Secret
from tests.integration.tasks.github import REPOSITORY, TOKEN, GitHub
from tests.integration.tasks.service import Reply, served
from tests.unit.shared.changes.test_changes import PLAN

CHANGE = "CHG-20261124T133306Z-3f9a0c"


@dataclass
class Dispatching(GitHub):
    asked_for: list[Any] = field(default_factory=list)

    def reply(self, path: str, sent: dict[str, Any]) -> Reply:
        if path.endswith("/actions/workflows/promote.yml/dispatches") and not self.broken:
            self.asked_for.append(sent["body"])
            return Reply(204)
        return super().reply(path, sent)


@pytest.fixture
def github() -> Iterator[Dispatching]:
    with served(Dispatching()) as found:
        assert isinstance(found, Dispatching)
        yield found


def _client(github: Dispatching, token: str = TOKEN) -> Client:
    return Client(f"{github.url}/api", Access(repository=REPOSITORY, token=Secret(token)), within=20.0)


def test_a_run_of_the_default_branch_is_asked_for_with_the_change(github: Dispatching) -> None:
    _client(github).dispatch("promote.yml", {"change": CHANGE})
    assert github.asked_for == [{"ref": "main", "inputs": {"change": CHANGE}}]


def test_a_token_that_is_refused_says_whose_turn_it_is(github: Dispatching) -> None:
    with pytest.raises(PipelineUnavailable, match="put a new one into the pipeline's secret"):
        _client(github, "ghp_wrong").dispatch("promote.yml", {"change": CHANGE})
    assert github.asked_for == []


def test_a_pipeline_that_will_never_deploy_it_is_told_apart_and_who_takes_over_is_said(
    github: Dispatching, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.broken = [None, Reply(422, {"message": "this played repository has no runners"})]
    monkeypatch.setattr(world, "read_secret", lambda *_: json.dumps({"repository": REPOSITORY, "token": TOKEN}))
    settings = Settings(**dict.fromkeys(Settings.__dataclass_fields__, "") | {"github_url": f"{github.url}/api"})
    said = world.dispatch(settings, Change(id=CHANGE, plan=PLAN, author="ada"))
    assert "does not deploy it (GitHub answered 422: this played repository has no runners)" in said
    assert said.endswith(f"takes over with `p09 change promote {CHANGE}`")
    assert github.asked_for == []


def test_no_pipeline_is_asked_to_deploy_a_demo(github: Dispatching) -> None:
    settings = Settings(**dict.fromkeys(Settings.__dataclass_fields__, "") | {"github_url": f"{github.url}/api"})
    said = world.dispatch(settings, Change(id=CHANGE, plan=replace(PLAN, demo=True), author="ada"))
    assert said.startswith("A demo, which no pipeline deploys")
    assert github.asked_for == []


def test_a_workflow_that_is_not_there_is_an_error(github: Dispatching) -> None:
    with pytest.raises(PipelineUnavailable, match="404"):
        _client(github).dispatch("other.yml", {"change": CHANGE})
