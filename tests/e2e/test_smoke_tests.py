"""The runbook's 02:00 command, as it is typed there, on the deployed local system."""

import json
import subprocess

from local.state import ROOT
from tests.e2e.local_system import LocalSystem


def test_the_smoke_test_of_the_runbook_is_green_on_the_local_system(system: LocalSystem) -> None:
    script = str(ROOT / "scripts" / "test" / "smoke-tests.sh")
    done = subprocess.run(
        [script, system.url, system.url, *system.options, "--json"], capture_output=True, text=True, check=False
    )
    found = {one["check"]: (one["result"], one["why"]) for one in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0, found
    assert set(found) == {"/health", "/health/db", "/health/redis", "console", "canary"}
