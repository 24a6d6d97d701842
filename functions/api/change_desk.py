"""What a request about changes works with: the changes themselves, and how things stand for their gates."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functions.api.services import Services
    from shared.changes.changes import Changes
    from shared.changes.model import Change
    from shared.identity.identity import Person, Pipeline


def desk(services: "Services", person: "Person | Pipeline") -> "Changes":
    """Changes for one person, or the pipeline, now."""
    from functions.api.audited_table import refused
    from shared.changes.changes import Changes
    from shared.runbook.load import the_runbook
    from shared.together.gate_facts import GateFacts

    now = datetime.now(UTC)
    delivery = the_runbook().delivery
    facts = GateFacts(
        kpis=services.kpis, calendar=services.calendar, incidents=services.incidents,
        evaluated_within=delivery.evaluated_within,
    )  # fmt: skip
    return Changes(
        services.changes,
        facts.at(now),
        by=person.actor,
        now=now,
        valid_for=delivery.approval_valid_for,
        refusing=refused,
    )


def reported(services: "Services", changes: "Changes", change_id: str, asked: "dict[str, Any]") -> "Change":
    """A step of the pipeline, judged by its figures; what passed is what the next load is compared with."""
    from shared.changes.model import Run
    from shared.delivery.snapshot import read_snapshot
    from shared.platform.moments import stamp
    from shared.together.step_judge import Report, StepJudge, outcome

    load = asked["snapshot"]
    report = Report(
        step=asked["step"], passed=asked["passed"], why=asked["why"], checks=[outcome(one) for one in asked["checks"]],
        snapshot=read_snapshot(load | {"at": stamp(load["at"])}) if load else None,
    )  # fmt: skip
    judge = StepJudge.of_runbook(services.load_snapshots)
    change = changes.report(
        change_id, report.step, digest=asked["digest"], run=Run(**asked["run"]),
        find=lambda change: judge.judge(change, report, datetime.now(UTC)),
    )  # fmt: skip
    judge.keep(change, report)
    return change
