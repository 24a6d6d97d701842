"""The pipeline is asked to deploy a change over real HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.delivery.github import Access
from shared.delivery.github import GitHub as Client
from shared.delivery.pipeline import PipelineUnavailable
from shared.platform.secret import Secret
from tests.integration.tasks.github import REPOSITORY, TOKEN, GitHub
from tests.integration.tasks.service import Reply, served

CHANGE = "CHG-20261124T133306Z-3f9a0c"


@dataclass
class Dispatching(GitHub):
    asked_for: list[Any] = field(default_factory=list)

    def reply(self, path: str, sent: dict[str, Any]) -> Reply:
        if path.endswith("/actions/workflows/promote.yml/dispatches"):
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


def test_a_workflow_that_is_not_there_is_an_error(github: Dispatching) -> None:
    with pytest.raises(PipelineUnavailable, match="404"):
        _client(github).dispatch("other.yml", {"change": CHANGE})
