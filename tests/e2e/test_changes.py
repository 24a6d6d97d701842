"""Two changes through the deployed workflow, with real smoke tests, load snapshots and an exhausted error budget."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.state import ROOT
from scripts.p09.kpi import evaluate_now
from shared.kpi.edge import NAMESPACE, REQUESTS, latency_metric
from tests.e2e.local_system import LocalSystem

GOOD = 10_000_000


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


def test_the_demo_takes_one_change_to_production_past_an_exhausted_budget_and_rolls_another_back(
    mended: LocalSystem,
) -> None:
    command = [str(Path(sys.executable).with_name("p09")), *mended.options, "change", "demo"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "budget: Nothing is left of the error budget of" in done.stdout
    words = done.stdout.split()
    order = [words.index(step) for step in ("planned", "refused", "overridden", "handed_over", "promoted", "verified")]
    assert order == sorted(order)
    assert words.index("rolled_back") > words.index("verified")
    assert not mended.state.chaos_file.exists()
