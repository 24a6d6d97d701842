from pathlib import Path

import pytest

from local.clean import clean
from local.state import LocalError, State


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path / "state")
    state.prepare()
    return state


def test_nothing_is_removed_while_the_system_runs(state: State) -> None:
    with state.lock(), pytest.raises(LocalError, match="stop it"):
        clean(state)
    assert state.folder.exists()


def test_the_state_is_removed_once_nothing_runs(state: State) -> None:
    state.log("api").write_text("a line")
    clean(state)
    assert not state.folder.exists()


def test_cleaning_twice_is_no_error(state: State) -> None:
    clean(state)
    clean(state)
