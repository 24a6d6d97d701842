"""What `p09 change demo` proves a change with: the runbook's own scripts, against the running local system."""

import json
import subprocess
from dataclasses import dataclass, field
from typing import Any, Final

from local.state import ROOT, LocalError, State

SECONDS: Final = "5"
SMOKE_ATTEMPTS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Found:
    """How a step ended here; ``figures`` are what P09 judges it by."""

    passed: bool
    why: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Proofs:
    url: str
    state: State

    def smoke(self, attempts: int = SMOKE_ATTEMPTS) -> Found:
        """Again when it did not pass: environments that just start are slow, what is broken stays so."""
        print("Smoke test …", flush=True)
        for _ in range(attempts):
            passed, found = self._script("smoke-tests.sh", self.url, self.url)
            if passed:
                break
        failed = [f"{one['check']}: {one['why']}" for one in found["checks"] if one["result"] != "passed"]
        why = "; ".join(failed) or f"{len(found['checks'])} checks passed in {found['seconds']:g} s"
        checks = [{name: one[name] for name in ("check", "result", "why", "milliseconds")} for one in found["checks"]]
        return Found(passed=passed, why=why, figures={"checks": checks})

    def load(self) -> Found:
        print(f"Load snapshot, {SECONDS} s …", flush=True)
        passed, found = self._script("performance-tests.sh", self.url, SECONDS)
        return Found(passed=passed, why=found["why"], figures={"snapshot": found["snapshot"]})

    def _script(self, name: str, *arguments: str) -> tuple[bool, dict[str, Any]]:
        command = [str(ROOT / "scripts" / "test" / name), *arguments, "--state", str(self.state.folder), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not done.stdout:
            raise LocalError(f"{name} could not measure: {done.stderr.strip()}")
        return done.returncode == 0, json.loads(done.stdout)


def deployed_commit() -> dict[str, str]:
    done = subprocess.run(
        ["git", "log", "-1", "--format=%H %cI"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        raise LocalError("the commit is not known: this is no git checkout")
    commit, committed_at = done.stdout.split()
    return {"commit": commit, "committed_at": committed_at}
