"""The runbook's load snapshot, as it is typed there, on the deployed local system."""

import json
import subprocess

from local.state import ROOT
from tests.e2e.local_system import LocalSystem


def test_a_load_snapshot_of_the_local_system_has_no_errors_and_is_kept(system: LocalSystem) -> None:
    script = str(ROOT / "scripts" / "test" / "performance-tests.sh")
    done = subprocess.run(
        [script, system.url, "5", *system.options, "--stage", "local", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert done.returncode == 0, found
    assert (found["snapshot"]["all"]["requests"], found["snapshot"]["all"]["failed"]) == (50, 0)
