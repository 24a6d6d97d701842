"""A change, and the figures of delivery, as people read them."""

from collections.abc import Sequence
from datetime import datetime

from shared.changes.dora import Dora, dora, weeks
from shared.changes.gates import Gate
from shared.changes.model import Change
from shared.changes.view import ChangeView, DoraView, DoraWeek, Own
from shared.changes.waits import Waiting
from shared.platform.actor import Actor
from shared.platform.moments import stamp


def change_view(change: Change, gates: Sequence[Gate], waiting: Waiting | None, asked_by: Actor) -> ChangeView:
    """``own`` is what of it is the work of who asks: somebody else has to agree to that."""
    plan, approval, override = change.plan, change.approval, change.override
    own: dict[Own, bool] = {"artefact": change.is_artefact_of(asked_by), "override": change.is_override_of(asked_by)}
    return {
        "id": change.id, "state": change.state, "title": plan.title, "impact": plan.impact, "author": change.author,
        "committers": list(plan.committers),
        "commit": plan.commit, "digest": plan.digest, "committed_at": stamp(plan.committed_at),
        "planned_for": stamp(plan.planned_for), "demo": plan.demo,
        "own": [name for name, is_own in own.items() if is_own],
        "approval": {"by": approval.by, "at": stamp(approval.at), "until": stamp(approval.until)} if approval else None,
        "override": {
            "gates": list(override.gates), "reason": override.reason, "by": override.by, "seconded_by": override.seconded_by,
        } if override else None,
        "gates": [
            {
                "name": gate.name, "open": gate.open, "why": gate.why, "run": gate.run, "url": gate.url,
                "overridden": not gate.open and gate.name in change.overridden(),
            }
            for gate in gates
        ],
        "story": [
            {"at": stamp(line.at), "by": line.by, "happened": line.happened, "why": line.why} for line in change.story
        ],
        "workflow": {"waiting_for": waiting.waits_for, "since": waiting.since} if waiting and not change.is_over else None,
    }  # fmt: skip


def dora_view(changes: Sequence[Change], start: datetime, end: datetime) -> DoraView:
    """Of the changes that went to production in the span."""
    return {
        **_figures(start, dora(changes, start, end)),
        "end": stamp(end),
        "weeks": [_figures(week, found) for week, found in weeks(changes, start, end)],
    }


def _figures(start: datetime, found: Dora) -> DoraWeek:
    lead, restore = found.lead_time, found.time_to_restore
    return {
        "start": stamp(start), "deployments": found.deployments, "per_day": found.per_day,
        "failure_rate": found.failure_rate, "lead_time_seconds": lead.total_seconds() if lead else None,
        "time_to_restore_seconds": restore.total_seconds() if restore else None,
    }  # fmt: skip
