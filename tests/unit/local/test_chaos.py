from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from local.chaos import NONE, Chaos, ChaosWatch, get_chaos, set_chaos
from local.state import LocalError, State
from scripts.p09.main import app


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


def test_faults_are_injected_from_when_they_are_set_until_they_are_taken_away(state: State) -> None:
    watch = ChaosWatch(state)
    assert watch.now() == NONE
    set_chaos(state, Chaos(errors=1.0, latency=0.3))
    assert watch.now() == Chaos(errors=1.0, latency=0.3)
    set_chaos(state, NONE)
    assert watch.now() == NONE
    assert not state.chaos_file.exists()


def test_only_the_asked_share_fails(state: State) -> None:
    watch = ChaosWatch(state)
    hits = sum(watch.hits(Chaos(errors=0.05)) for _ in range(20_000))
    assert 800 < hits < 1200
    assert not any(watch.hits(NONE) for _ in range(1000))
    assert all(watch.hits(Chaos(errors=1.0)) for _ in range(1000))


@pytest.mark.parametrize(
    "wrong", [{"errors": 1.5}, {"errors": -0.1}, {"latency": 31.0}, {"latency": -1.0}, {"pipeline": "fire"}]
)
def test_what_no_gateway_could_do_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(LocalError):
        Chaos(**wrong)


def p09(state: State, *arguments: str) -> int:
    return CliRunner().invoke(app, ["--state", str(state.folder), "chaos", *arguments]).exit_code


def test_the_command_line_sets_both_faults_and_ends_them(state: State) -> None:
    state.system_file.write_text("{}")
    assert p09(state, "errors", "5%") == p09(state, "latency", "300ms") == 0
    assert get_chaos(state) == Chaos(errors=0.05, latency=0.3)
    assert p09(state, "latency", "2s") == 0
    assert get_chaos(state).latency == 2.0
    assert p09(state, "pipeline", "flake") == 0
    assert get_chaos(state).pipeline == "flake"
    assert p09(state, "pipeline", "fire") == 2
    assert p09(state, "errors", "5") == p09(state, "latency", "5 minutes") == 2
    assert p09(state, "off") == 0
    assert get_chaos(state) == NONE


def test_there_must_be_a_local_system_to_disturb(state: State) -> None:
    assert p09(state, "errors", "5%") != 0
    assert not state.chaos_file.exists()
