"""`p09 change demo`: two changes through the deployed workflow, with real smoke tests, load snapshots and an exhausted budget."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import typer

from local.api import Api, Refused
from local.chaos import Chaos, get_chaos, set_chaos
from local.digest import digest_of
from local.front_door.edge import published
from local.state import LocalError, State
from scripts.p09.change_proofs import Found, Proofs, deployed_commit
from scripts.p09.kpi import look_now
from scripts.p09.session import session
from shared.identity.identity import DEVELOPER, LEAD, SRE
from shared.kpi.edge import ERRORS

TOO_SLOW_SECONDS: Final = 6.0
PATIENCE_SECONDS: Final = 150.0  # events are swept each minute, should their stream be late
LOOK_SECONDS: Final = 0.5
REQUESTS: Final = 300
TRIES: Final = 4
REASON: Final = "The demo shows how closed gates are passed."


@dataclass
class Demo:
    """The local system as its people see it; ``told`` counts the lines of each change's story that were printed."""

    state: State
    endpoint: str
    proofs: Proofs
    pipeline: Api
    developer: Api
    sre: Api
    lead: Api
    artefact: dict[str, str]
    told: dict[str, int] = field(default_factory=dict)

    def prove(self, title: str) -> dict[str, Any]:
        """Planned; smoke test and load snapshot passed. Nothing is deployed: what runs here already is proved."""
        plan = {
            "title": title,
            "impact": "Nothing is down; this is a demo.",
            "planned_for": datetime.now(UTC).isoformat(),
            "demo": True,
        }
        # Each is an artefact of its own: one that an interrupted demo has left under way is not taken up again.
        digest = sha256(f"{self.artefact['digest']} {uuid4()}".encode()).hexdigest()
        change: dict[str, Any] = self.developer.post("/v1/changes", plan | self.artefact | {"digest": digest})
        print(f"{title}: {change['id']}")
        self.tell(change)
        nothing = f"Nothing was deployed: this machine has no second system, and {self.proofs.url} runs this commit"
        self.report(change, "staged", Found(passed=True, why=nothing))
        self.report(change, "smoke", self.proofs.smoke())
        proved = self.report(change, "load_snapshot", self.proofs.load())
        if proved["state"] != "load_passed":
            raise LocalError(f"{change['id']} is {proved['state']}: {proved['story'][-1]['why']}")
        return proved

    def report(self, change: dict[str, Any], step: str, found: Found) -> dict[str, Any]:
        """As the pipeline, which alone may; P09 judges the figures."""
        body = {
            "step": step, "digest": change["digest"], "passed": found.passed, "why": found.why[:1000],
            "run": {"id": f"demo of {change['id']}"}, **found.figures,
        }  # fmt: skip
        return self.act(self.pipeline, change, "steps", body)

    def act(self, who: Api, change: dict[str, Any], what: str, body: dict[str, Any]) -> dict[str, Any]:
        """What somebody else, such as the workflow, wrote at the same moment is no reason to stop."""
        for _ in range(TRIES):
            try:
                return self.tell(who.post(f"/v1/changes/{change['id']}/{what}", body))
            except Refused as refused:
                if "read it again" not in str(refused):
                    raise
        raise LocalError(f"{change['id']}: others have written {TRIES} times meanwhile")

    def tell(self, change: dict[str, Any]) -> dict[str, Any]:
        """The lines of its story that are new, the workflow's among them."""
        for line in change["story"][self.told.get(change["id"], 0) :]:
            print(f"  {line['at'][11:19]}  {line['happened']:<14} {line['by']}: {line['why']}", flush=True)
        self.told[change["id"]] = len(change["story"])
        return change

    def approve(self, change: dict[str, Any]) -> None:
        self.past_gates(change, lambda: self.act(self.sre, change, "approve", {}))

    def promote(self, change: dict[str, Any]) -> None:
        """Once the workflow has handed it over to who deploys, which is this demo."""
        self.until(change, "handed_over")
        self.past_gates(change, lambda: self.act(self.developer, change, "promote", {"digest": change["digest"]}))

    def past_gates(self, change: dict[str, Any], act: Any) -> None:
        """Where gates are closed it is refused; one person asks to pass them, another agrees."""
        for _ in range(TRIES):
            try:
                act()
            except Refused as refused:
                print(f"            {'refused':<14} {refused.problem['detail']}", flush=True)
                self.override(change)
            else:
                return
        raise LocalError(f"{change['id']}: gates close as fast as they are overridden")

    def override(self, change: dict[str, Any]) -> None:
        gates = self.tell(self.sre.get(f"/v1/changes/{change['id']}"))["gates"]
        closed = [gate["name"] for gate in gates if not gate["open"]]
        self.act(self.sre, change, "override", {"gates": closed, "reason": REASON})
        self.act(self.lead, change, "override/second", {})

    def until(self, change: dict[str, Any], happened: str) -> None:
        """The workflow has written it; what holds it meanwhile, such as an incident of the injected errors, is overridden."""
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE_SECONDS:
            found = self.tell(self.sre.get(f"/v1/changes/{change['id']}"))
            last = found["story"][-1]["happened"]
            if happened == last:
                return
            if last == "held":
                self.override(change)
            time.sleep(LOOK_SECONDS)
        raise LocalError(f"{change['id']}: its workflow did not come to {happened} in {PATIENCE_SECONDS:.0f} s")

    def exhaust_budget(self) -> None:
        """Half of the requests fail, as after a bad deploy, until nothing is left of the month's error budget."""
        print("Half of all requests fail now …", flush=True)
        since, begun = datetime.now(UTC), time.monotonic()
        with self.chaos(Chaos(errors=0.5)):
            failed = sum(not self.sre.raw("GET", "/health").is_success for _ in range(REQUESTS))
        while time.monotonic() - begun < PATIENCE_SECONDS:
            if published(self.endpoint, ERRORS, since) >= failed:
                look_now(self.endpoint)
                if spent := self.exhausted():
                    print(f"Nothing is left of the error budget of: {', '.join(spent)}", flush=True)
                    return
            time.sleep(LOOK_SECONDS)
        raise LocalError("the injected errors used up no error budget: `p09 kpi` says what is left")

    def exhausted(self) -> list[str]:
        """The KPIs of which no error budget is left."""
        kpis = self.sre.get("/v1/kpis")["kpis"]
        return [one["title"] for one in kpis if one["budget"] and one["budget"]["exhausted"]]

    @contextmanager
    def chaos(self, chaos: Chaos) -> Iterator[None]:
        before = get_chaos(self.state)
        set_chaos(self.state, chaos)
        try:
            yield
        finally:
            set_chaos(self.state, before)


def demo(context: typer.Context) -> None:
    """Take one change to production past an exhausted error budget, and another that fails there and is rolled back."""
    found = _demo(context)
    good = found.prove("A change that is well")
    found.exhaust_budget()
    found.approve(good)
    found.promote(good)
    good = found.report(good, "verified", found.proofs.smoke())
    bad = found.prove("\nA change that breaks the API")
    found.approve(bad)
    found.promote(bad)
    print("The API is too slow now, as it may be after a bad deploy …", flush=True)
    with found.chaos(Chaos(latency=TOO_SLOW_SECONDS)):
        seen = found.proofs.smoke(attempts=1)
    bad = found.report(bad, "verified", seen)
    if (good["state"], bad["state"]) != ("verified", "rolled_back"):
        raise LocalError(f"the changes ended {good['state']} and {bad['state']}, not verified and rolled_back")
    print(
        "\nThe errors are over; the budget of this month stays used up here, and changes need an override until it ends."
    )


def _demo(context: typer.Context) -> Demo:
    here = session(context)
    state, system = here.here(), here.system()
    return Demo(
        state=state, endpoint=system["aws_endpoint"], proofs=Proofs(url=str(system["url"]), state=state),
        pipeline=here.pipeline(), developer=here.operations(DEVELOPER), sre=here.operations(SRE), lead=here.operations(LEAD),
        artefact=deployed_commit() | {"digest": digest_of([str(state.assembly)])},
    )  # fmt: skip
