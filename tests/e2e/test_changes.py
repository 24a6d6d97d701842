"""Two changes through the deployed workflow, with real smoke tests, load snapshots and an exhausted error budget."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from local.state import ROOT
from scripts.p09.kpi import evaluate_now
from shared.kpi.edge import NAMESPACE, REQUESTS, latency_metric
from tests.e2e.local_system import LocalSystem

GOOD = 10_000_000
EVERY_SECONDS, SLOWER = 0.7, 1.2
STORY = [
    "planned", "staged", "smoke_passed", "load_passed", "held", "override_asked", "overridden", "approved", "handed_over",
    "promoted", "verified",
]  # fmt: skip


@pytest.fixture
def mended(system: LocalSystem) -> Iterator[LocalSystem]:
    """For the tests that follow, so many good requests that the month's budget is as good as new."""
    begun = datetime.now(UTC)
    yield system
    system.aws("cloudwatch").put_metric_data(
        Namespace=f"{NAMESPACE}local",
        MetricData=[
            {"MetricName": name, "Timestamp": begun, "Value": GOOD, "Unit": "Count"}
            for name in (REQUESTS, latency_metric(5))
        ],
    )
    evaluate_now(system.facts["aws_endpoint"])


@contextmanager
def killed_again_and_again(system: LocalSystem, function: str) -> Iterator[list[int]]:
    """`kill -9` of the function's environments, whatever they are doing; yields how many each time."""
    kills: list[int] = []
    over = Event()

    def kill() -> None:
        # Ever more rarely: what is retried five times gets on in the end, however busy the machine.
        while not over.wait(EVERY_SECONDS * SLOWER ** len(kills)):
            kills.append(system.kill_environments(function))

    thread = Thread(target=kill)
    thread.start()
    try:
        yield kills
    finally:
        over.set()
        thread.join()


def test_the_demo_takes_one_change_past_an_exhausted_budget_and_rolls_another_back_whatever_is_killed(
    mended: LocalSystem,
) -> None:
    command = [str(Path(sys.executable).with_name("p09")), *mended.options, "change", "demo"]
    with killed_again_and_again(mended, "promotion") as kills:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sum(kills) > 5
    assert "budget: Nothing is left of the error budget of" in done.stdout
    first, _, second = done.stdout.partition("\nA change that breaks the API")
    assert told(first) == STORY
    assert told(second) == [*STORY[:-1], "rolled_back"]
    assert not mended.state.chaos_file.exists()


def told(output: str) -> list[str]:
    """The lines of a story, each of which begins with a time: none is told twice."""
    return re.findall(r"^  \d\d:\d\d:\d\d  (\w+) ", output, re.MULTILINE)
