"""With real child processes: what a supervisor is for can't be seen on fakes."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from local.server import Server, end_leftover
from local.state import LocalError, State, read_json
from local.supervisor import Supervisor

SECONDS = 60


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path)
    state.prepare()
    return state


@pytest.fixture
def supervisor(state: State) -> Iterator[Supervisor]:
    supervisor = Supervisor(state)
    yield supervisor
    supervisor.stop()


def sleeper(state: State, name: str = "sleeper") -> Server:
    return Server(
        name=name, command=["sleep", "600"], log=state.log(name), ready=lambda: True, advice="Wake it.", start_seconds=5
    )


def pids(state: State) -> dict[str, int]:
    return {name: process["pid"] for name, process in (read_json(state.processes_file) or {}).items()}


def before_deadline(condition: Callable[[], bool]) -> Callable[[], bool]:
    deadline = time.monotonic() + SECONDS

    def check() -> bool:
        assert time.monotonic() < deadline, "not in time"
        return condition()

    return check


def test_a_server_that_dies_is_started_again(
    state: State, supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    again: list[str] = []
    supervisor.start(replace(sleeper(state), ready_again=lambda: again.append("ready")))
    first = pids(state)["sleeper"]
    os.kill(first, signal.SIGKILL)
    supervisor.watch(until=before_deadline(lambda: bool(again)))
    assert pids(state)["sleeper"] != first
    assert "sleeper died: restarting it with its state" in capsys.readouterr().out


def test_a_server_that_ends_while_it_is_asked_is_started_again(state: State, supervisor: Supervisor) -> None:
    """As one does whose port the killed one still holds."""
    starts, asked = state.folder / "starts", state.folder / "asked"
    until_asked = f'while ! [ -e "{asked}" ]; do sleep 0.01; done; exit 1'
    second_ends = f'echo >> "{starts}"; if [ $(wc -l < "{starts}") -eq 2 ]; then {until_asked}; fi; exec sleep 600'
    again: list[str] = []

    def ready() -> bool:
        if not starts.exists() or len(starts.read_text()) != 2:
            return starts.exists()
        asked.touch()
        running = psutil.Process(pids(state)["sleeper"])
        ended = before_deadline(lambda: running.status() == psutil.STATUS_ZOMBIE)
        while not ended():
            time.sleep(0.01)
        return False

    supervisor.start(
        replace(
            sleeper(state), command=["sh", "-c", second_ends], ready=ready, ready_again=lambda: again.append("ready")
        )
    )
    os.kill(pids(state)["sleeper"], signal.SIGKILL)
    supervisor.watch(until=before_deadline(lambda: bool(again)))
    assert len(starts.read_text()) == 3


def test_a_restarted_server_that_always_ends_is_given_up_on(state: State, supervisor: Supervisor) -> None:
    starts = state.folder / "starts"
    first_alone = f'echo >> "{starts}"; [ $(wc -l < "{starts}") -eq 1 ] && exec sleep 600; exit 1'
    ready = lambda: starts.exists() and len(starts.read_text()) == 1  # noqa: E731 -- a name for a one-line function
    supervisor.start(replace(sleeper(state), command=["sh", "-c", first_alone], ready=ready, start_seconds=1))
    os.kill(pids(state)["sleeper"], signal.SIGKILL)
    with pytest.raises(LocalError, match="sleeper ended with code 1 before it was ready"):
        supervisor.watch(until=before_deadline(lambda: False))


def test_a_held_server_stays_down_until_it_is_released(state: State, supervisor: Supervisor) -> None:
    supervisor.start(sleeper(state))
    state.held("sleeper").touch()
    supervisor.watch(until=before_deadline(lambda: "sleeper" not in pids(state)))
    state.held("sleeper").unlink()
    supervisor.watch(until=before_deadline(lambda: "sleeper" in pids(state)))


def test_stopping_ends_every_process_the_last_started_first(
    state: State, supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor.start(sleeper(state, "first"), sleeper(state, "second"))
    running = list(pids(state).values())
    supervisor.stop()
    assert not any(psutil.pid_exists(pid) for pid in running)
    assert not state.processes_file.exists()
    said = capsys.readouterr().out
    assert said.index("second stopped") < said.index("first stopped")


def test_a_server_that_ends_at_once_is_reported_with_its_log_and_what_to_do(
    state: State, supervisor: Supervisor
) -> None:
    broken = replace(sleeper(state), command=[sys.executable, "-c", "raise SystemExit('no room')"], ready=lambda: False)
    with pytest.raises(LocalError, match=r"(?s)sleeper ended with code 1 .*no room.*Wake it\."):
        supervisor.start(broken)


def test_a_server_that_is_never_ready_is_given_up_on(state: State, supervisor: Supervisor) -> None:
    slow = replace(sleeper(state), ready=lambda: False, start_seconds=0.2)
    with pytest.raises(LocalError, match=r"sleeper was not ready within 0 s"):
        supervisor.start(slow)


def test_what_a_killed_supervisor_left_behind_is_ended(state: State, supervisor: Supervisor) -> None:
    supervisor.start(sleeper(state))
    left = psutil.Process(pids(state)["sleeper"])
    Supervisor(state).end_leftovers()
    _, alive = psutil.wait_procs([left], timeout=SECONDS)
    assert not alive


def test_another_process_that_got_the_number_of_a_dead_one_is_left_alone() -> None:
    assert not end_leftover(os.getpid(), created=1.0, stop_signal=signal.SIGTERM)


def test_what_is_left_behind_is_ended_by_the_servers_own_signal(state: State, supervisor: Supervisor) -> None:
    """In the background, where a shell has them ignore SIGINT, most servers heed SIGTERM alone."""
    ready = state.folder / "ready"
    deaf = (
        f"import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); open({str(ready)!r}, 'w'); time.sleep(600)"
    )
    supervisor.start(replace(sleeper(state), command=[sys.executable, "-c", deaf], ready=ready.exists))
    left = psutil.Process(pids(state)["sleeper"])
    assert read_json(state.processes_file)["sleeper"]["stop_signal"] == signal.SIGTERM  # type: ignore[index]  # the process is there, or the test fails
    Supervisor(state).end_leftovers()
    _, alive = psutil.wait_procs([left], timeout=SECONDS)
    assert not alive
