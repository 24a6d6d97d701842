import stat
from pathlib import Path

import pytest

from local.state import LocalError, State, read_json, write_json


def all_free(_port: int) -> bool:
    return True


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path / "state")
    state.prepare()
    return state


def test_ports_and_passwords_stay_the_same(state: State) -> None:
    assert state.configuration(8000, all_free) == state.configuration(8000, all_free)


def test_ports_are_all_different(state: State) -> None:
    chosen = state.configuration(0, all_free)
    ports = {chosen.front_door_port, chosen.ministack_port, chosen.postgres_port, chosen.valkey_port}
    assert len(ports) == 4


def test_a_port_that_another_program_took_is_replaced(state: State) -> None:
    before = state.configuration(8000, all_free)
    after = state.configuration(8000, lambda port: port != before.postgres_port)
    assert after.postgres_port != before.postgres_port
    assert after.valkey_port == before.valkey_port
    assert after.postgres_admin_password == before.postgres_admin_password


def test_the_port_of_the_front_door_is_the_one_that_was_asked_for(state: State) -> None:
    state.configuration(8000, all_free)
    assert state.configuration(8001, all_free).url == "http://127.0.0.1:8001"


def test_what_holds_passwords_is_readable_by_its_owner_alone(state: State) -> None:
    state.configuration(8000, all_free)
    [file] = [file for file in state.folder.iterdir() if file.name == "configuration.json"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_only_one_holds_the_lock(state: State) -> None:
    with state.lock() as is_ours:
        assert is_ours
        with state.lock() as is_ours_too:
            assert not is_ours_too
    with state.lock() as is_ours:
        assert is_ours


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "configuration.json"
    file.write_text("{")
    with pytest.raises(LocalError, match=r"configuration\.json is not valid JSON"):
        read_json(file)


def test_a_missing_file_is_none(tmp_path: Path) -> None:
    assert read_json(tmp_path / "nothing.json") is None


def test_writing_replaces_the_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    write_json(file, {"long": "x" * 100})
    write_json(file, {"short": 1})
    assert read_json(file) == {"short": 1}
