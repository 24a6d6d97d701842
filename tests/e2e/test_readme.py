"""What the README tells a newcomer to type works as printed."""

import json
import re
import subprocess
import sys
from pathlib import Path

from local.state import ROOT
from tests.e2e.local_system import LocalSystem, until

PRINTED_URL = "http://127.0.0.1:8000"
PRINTED_COMMAND = ".venv/bin/p09 "
BLOCK = re.compile(r"^```(?:sh|bash|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(system: LocalSystem) -> str:
    """The README's blocks with `curl`, with this system's address instead of the printed one."""
    blocks = [block for block in BLOCK.findall((ROOT / "README.md").read_text()) if "curl " in block]
    assert blocks, "the README shows how to send an event and to ask for a number"
    p09 = f"{Path(sys.executable).with_name('p09')} {' '.join(system.options)} "
    return "\n".join(blocks).replace(PRINTED_URL, system.url).replace(PRINTED_COMMAND, p09)


def test_the_readmes_curl_lines_send_an_event_and_get_its_number(system: LocalSystem, tmp_path: Path) -> None:
    # Silent, and a refusal is a failure: otherwise exactly what stands there.
    script = 'set -euo pipefail\ncurl() { command curl --silent --show-error --fail-with-body "$@"; echo; }\n'
    script += commands(system)

    def counted() -> bool:
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        answer = json.loads(done.stdout.splitlines()[-1])
        return any(any(row["metrics"]) for row in answer["results"])

    until(counted, "a number above zero")
