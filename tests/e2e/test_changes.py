"""Two changes through every state on the deployed local system, with real smoke tests and load snapshots."""

import subprocess
import sys
from pathlib import Path

from local.state import ROOT
from tests.e2e.local_system import LocalSystem


def test_the_demo_takes_one_change_to_production_and_rolls_another_back(system: LocalSystem) -> None:
    command = [str(Path(sys.executable).with_name("p09")), *system.options, "change", "demo"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    happened = [line.split()[0] for line in done.stdout.splitlines() if line and not line.startswith("A change")]
    assert "freeze: Demo: nothing goes to production" in done.stdout
    for step in ("planned", "refused", "overridden", "approved", "promoted", "verified", "rolled_back"):
        assert step in happened
    assert happened.index("refused") < happened.index("overridden") < happened.index("promoted")
    assert happened[-1] == "rolled_back"
