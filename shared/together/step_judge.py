"""What the pipeline reports of a step, judged here: it brings figures, and P09 says whether they pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from shared.changes.model import Change, Step
from shared.changes.proofs import Found
from shared.delivery.snapshot import Limits, Snapshot, judge
from shared.health.model import CANARY, CONSOLE, Outcome, Result, why
from shared.health.model import judge as judge_checks
from shared.platform.moments import moment, stamp
from shared.platform.refusals import Refused
from shared.runbook.load import the_runbook

CLOCKS_DIFFER: Final = timedelta(minutes=1)
"""Between the machine that measured and this one."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """``passed`` and ``why`` are how the step ended where it ran. ``checks`` are a smoke test's, ``snapshot`` is of a load."""

    step: Step
    passed: bool
    why: str
    checks: Sequence[Outcome] = ()
    snapshot: Snapshot | None = None


class Snapshots(Protocol):
    """The accepted load snapshots, or what stands in for them."""

    def last(self, address: str, *, before: str | None = None) -> Snapshot | None: ...
    def accept(self, snapshot: Snapshot) -> None: ...


@dataclass(frozen=True, kw_only=True)
class StepJudge:
    """``required`` are the checks of a smoke test, none of which may be missing; ``per_second`` is the load of a snapshot."""

    snapshots: Snapshots
    limits: Limits
    per_second: int
    required: Sequence[str]

    @classmethod
    def of_runbook(cls, snapshots: Snapshots) -> "StepJudge":
        asked = the_runbook().delivery.load_snapshot
        limits = Limits(
            slower_share=float(asked.slower_percent / 100), slower_ms=asked.slower_by_ms,
            more_errors=float(asked.more_errors_percent / 100), most_errors=float(asked.most_errors_percent / 100),
        )  # fmt: skip
        required = (CONSOLE, *the_runbook().tasks.health_check.paths, CANARY)
        return cls(snapshots=snapshots, limits=limits, per_second=asked.per_second, required=required)

    def judge(self, change: Change, report: Report, now: datetime) -> Found:
        """A step that failed where it ran stays so, whatever its figures say. Raises Refused where figures are missing or wrong."""
        found = [
            *([self._smoke(report)] if report.checks or self._is_needed(report, "smoke", "verified") else []),
            *([self._load(change, report, now)] if report.snapshot or self._is_needed(report, "load_snapshot") else []),
        ]
        figures = {name: value for one in found for name, value in one.figures.items()}
        if failed := [one.why for one in found if not one.passed]:
            return Found(passed=False, why="; ".join(failed)[:1000], figures=figures)
        if not report.passed or not found:
            return Found(passed=report.passed, why=report.why, figures=figures)
        return Found(passed=True, why="; ".join(one.why for one in found), figures=figures)

    def keep(self, change: Change, report: Report) -> None:
        """The snapshot of a step that passed is what the next is compared with; a demo's is not."""
        proof = change.proof(report.step)
        if report.snapshot and proof and not change.plan.demo:
            self.snapshots.accept(report.snapshot)

    @staticmethod
    def _is_needed(report: Report, *steps: Step) -> bool:
        return report.passed and report.step in steps

    def _smoke(self, report: Report) -> Found:
        made = {one.check for one in report.checks}
        if missing := [name for name in self.required if name not in made]:
            detail = f"a smoke test has the checks {', '.join(self.required)}; missing: {', '.join(missing)}"
            raise Refused(detail, "checks")
        return Found(
            passed=judge_checks(report.checks) is Result.PASSED, why=why(report.checks),
            figures={"checks": len(report.checks), "slowest_check_ms": max(one.milliseconds for one in report.checks)},
        )  # fmt: skip

    def _load(self, change: Change, report: Report, now: datetime) -> Found:
        snapshot = report.snapshot
        if snapshot is None:
            raise Refused(
                "a load snapshot passes by its figures: send what performance-tests.sh --report wrote", "snapshot"
            )
        self._check(change, snapshot, now)
        due, made = snapshot.per_second * snapshot.seconds, snapshot.all
        found = judge(snapshot, self.snapshots.last(snapshot.address, before=snapshot.at), self.limits)
        reasons = [] if made.requests == due else [f"{made.requests} of {due} requests were made"]
        return Found(
            passed=found.within and not reasons, why="; ".join([*reasons, *([] if found.within and reasons else [found.why])]),
            figures={
                "p95_ms": made.p95, "error_rate": made.error_rate, "requests": made.requests,
                "throughput_per_second": snapshot.throughput,
            },
        )  # fmt: skip

    def _check(self, change: Change, snapshot: Snapshot, now: datetime) -> None:
        if snapshot.per_second != self.per_second:
            detail = f"a load snapshot is made with {self.per_second} requests a second, not with {snapshot.per_second}"
            raise Refused(detail, "snapshot/per_second")
        at, staged = moment(snapshot.at), change.when("staged")
        if at > now + CLOCKS_DIFFER:
            raise Refused(f"the snapshot was made at {snapshot.at}, which is still to come", "snapshot/at")
        if staged is None or at < staged - CLOCKS_DIFFER:
            since = f"at {stamp(staged)}" if staged else "not yet"
            detail = f"the snapshot was made at {snapshot.at}; the artefact was staged {since}: it is of something else"
            raise Refused(detail, "snapshot/at")


def outcome(check: Mapping[str, Any]) -> Outcome:
    return Outcome(
        check=check["check"], address="", result=Result(check["result"]), why=check["why"],
        milliseconds=check["milliseconds"],
    )  # fmt: skip
