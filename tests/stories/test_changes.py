"""Two changes through the deployed workflow, with real smoke tests, load snapshots and an exhausted error budget."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from local.state import ROOT, State
from tests.e2e.local_system import LocalSystem

FIRST_SECONDS, SLOWER, MOST_KILLS = 0.7, 1.3, 10
STORY = [
    "planned", "staged", "smoke_passed", "load_passed", "override_asked", "overridden", "approved", "handed_over",
    "promoted", "verified",
]  # fmt: skip


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[LocalSystem]:
    """A system of its own: what uses up the error budget of a month leaves nothing of it to other tests."""
    system = LocalSystem(State(tmp_path))
    system.start()
    yield system
    system.stop()


@contextmanager
def killed_again_and_again(system: LocalSystem, function: str) -> Iterator[list[int]]:
    """`kill -9` of the function's environments, whatever they are doing; yields how many each time."""
    kills: list[int] = []
    over = Event()

    def kill() -> None:
        # Ever more rarely: what is retried five times gets on in the end, however busy the machine.
        while len(kills) < MOST_KILLS and not over.wait(FIRST_SECONDS * SLOWER ** len(kills)):
            kills.append(system.kill_environments(function))

    thread = Thread(target=kill)
    thread.start()
    try:
        yield kills
    finally:
        over.set()
        thread.join()


def test_the_demo_takes_one_change_past_an_exhausted_budget_and_rolls_another_back_whatever_is_killed(
    fresh: LocalSystem,
) -> None:
    command = [str(Path(sys.executable).with_name("p09")), *fresh.options, "change", "demo"]
    with killed_again_and_again(fresh, "promotion") as kills:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sum(kills) > 2
    assert "budget: Nothing is left of the error budget of" in done.stdout
    first, _, second = done.stdout.partition("\nA change that breaks the API")
    assert re.search(r"held .* budget: Nothing is left", first)
    assert told(first) == STORY
    assert told(second) == [*STORY[:-1], "rolled_back"]
    assert not fresh.state.chaos_file.exists()


def told(output: str) -> list[str]:
    """The lines of a story, each of which begins with a time: none is told twice, but that a gate closed or opened."""
    lines: list[str] = re.findall(r"^  \d\d:\d\d:\d\d  (\w+) ", output, re.MULTILINE)
    return [line for line in lines if line not in {"held", "cleared"}]
