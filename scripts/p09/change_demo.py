"""`p09 change demo`: two changes through every state, with real smoke tests and load snapshots of the running local system."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import typer

from local.api import Api, Refused
from local.chaos import NONE, Chaos, set_chaos
from local.digest import digest_of
from local.state import ROOT, LocalError, State, default_state
from scripts.p09.session import session

SECONDS: Final = "5"
SMOKE_ATTEMPTS: Final = 3
TOO_SLOW_SECONDS: Final = 6.0
REASON: Final = "the demo shows how closed gates are passed"


@dataclass(frozen=True)
class Demo:
    """The local system as its people see it; ``artefact`` is what a plan says of what is deployed."""

    url: str
    state: State
    developer: Api
    sre: Api
    lead: Api
    artefact: dict[str, str]

    def prove(self, title: str) -> dict[str, Any]:
        """Planned and staged (this machine is its own staging), smoke test and load snapshot passed."""
        planned_for = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        plan = {"title": title, "impact": "Nothing is down; this is a demo.", "planned_for": planned_for}
        # Each is an artefact of its own: one that an interrupted demo has left under way is not taken up again.
        digest = sha256(f"{self.artefact['digest']} {uuid4()}".encode()).hexdigest()
        change = self.developer.post("/v1/changes", plan | self.artefact | {"digest": digest})
        print(f"{'planned':<14} {change['author']}: {change['title']} ({change['id']})")
        self.report(change, "staged", passed=True, why=f"It is what {self.url} runs")
        self.report(change, "smoke", *self.smoke())
        return self.report(change, "load_snapshot", *self.load())

    def report(self, change: dict[str, Any], step: str, passed: bool, why: str) -> dict[str, Any]:  # noqa: FBT001
        body = {"step": step, "digest": change["digest"], "passed": passed, "why": why[:1000]}
        return self.act(self.developer, change, "steps", body)

    def act(self, who: Api, change: dict[str, Any], what: str, body: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = who.post(f"/v1/changes/{change['id']}/{what}", body)
        line = found["story"][-1]
        print(f"{line['happened']:<14} {line['by']}: {line['why']}", flush=True)
        return found

    def smoke(self) -> tuple[bool, str]:
        """Again when it did not pass: environments that just start are slow, what is broken stays so."""
        for _ in range(SMOKE_ATTEMPTS):
            passed, found = self._script("smoke-tests.sh", self.url, self.url)
            if passed:
                break
        failed = [f"{one['check']}: {one['why']}" for one in found["checks"] if one["result"] != "passed"]
        return passed, "; ".join(failed) or f"{len(found['checks'])} checks passed in {found['seconds']:g} s"

    def load(self) -> tuple[bool, str]:
        passed, found = self._script("performance-tests.sh", self.url, SECONDS)
        return passed, found["why"]

    def approve(self, change: dict[str, Any]) -> None:
        """Where gates are closed it is refused; one person asks to pass them, another agrees."""
        try:
            self.act(self.sre, change, "approve", {})
        except Refused as refused:
            print(f"{'refused':<14} {refused.problem['detail']}")
            gates = self.sre.get(f"/v1/changes/{change['id']}")["gates"]
            closed = [gate["name"] for gate in gates if not gate["open"]]
            self.act(self.sre, change, "override", {"gates": closed, "reason": REASON})
            self.act(self.lead, change, "override/second", {})
            self.act(self.sre, change, "approve", {})

    @contextmanager
    def freeze(self) -> Iterator[None]:
        now = datetime.now(UTC)
        entry = self.sre.post("/v1/calendar", {
            "kind": "freeze", "title": "Demo: nothing goes to production", "reason": REASON,
            "start": now.isoformat(), "end": (now + timedelta(hours=1)).isoformat(),
        })  # fmt: skip
        try:
            yield
        finally:
            self.sre.post(f"/v1/calendar/{entry['id']}/cancel", {"reason": "The demo is over"})

    @contextmanager
    def broken(self) -> Iterator[None]:
        """The API is too slow for a smoke test, as it may be after a bad deploy; no error budget is used up by it."""
        set_chaos(self.state, Chaos(latency=TOO_SLOW_SECONDS))
        try:
            yield
        finally:
            set_chaos(self.state, NONE)

    def _script(self, name: str, *arguments: str) -> tuple[bool, dict[str, Any]]:
        command = [str(ROOT / "scripts" / "test" / name), *arguments, "--state", str(self.state.folder), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not done.stdout:
            raise LocalError(f"{name} could not measure: {done.stderr.strip()}")
        return done.returncode == 0, json.loads(done.stdout)


def demo(context: typer.Context) -> None:
    """Take one change to production through a freeze that two people override, and another that is rolled back."""
    found = _demo(context)
    print("A change that goes to production, although a freeze is on:")
    change = found.prove("Demo: a change that is well")
    with found.freeze():
        found.approve(change)
        found.act(found.developer, change, "promote", {"digest": change["digest"]})
    good = found.report(change, "verified", *found.smoke())
    print("\nA change that is not well in production:")
    change = found.prove("Demo: a change that breaks the API")
    found.approve(change)
    found.act(found.developer, change, "promote", {"digest": change["digest"]})
    with found.broken():
        seen = found.smoke()
    bad = found.report(change, "verified", *seen)
    if (good["state"], bad["state"]) != ("verified", "rolled_back"):
        raise LocalError(f"the changes ended {good['state']} and {bad['state']}, not verified and rolled_back")


def _demo(context: typer.Context) -> Demo:
    here = session(context)
    state = State(here.state) if here.state else default_state()
    return Demo(
        url=str(here.system()["url"]), state=state, developer=here.operations("P09-Developer"),
        sre=here.operations("P09-SRE"), lead=here.operations("P09-Lead"), artefact=_artefact(state),
    )  # fmt: skip


def _artefact(state: State) -> dict[str, str]:
    """Of what is deployed here."""
    done = subprocess.run(
        ["git", "log", "-1", "--format=%H %cI"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        raise LocalError("the commit is not known: this is no git checkout")
    commit, committed_at = done.stdout.split()
    return {"commit": commit, "committed_at": committed_at, "digest": digest_of([str(state.assembly)])}
