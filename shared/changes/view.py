"""A change as people read it."""

from collections.abc import Sequence
from typing import Any

from shared.changes.gates import Gate
from shared.changes.model import Change
from shared.changes.waits import Waiting
from shared.platform.actor import Actor
from shared.platform.moments import stamp


def change_view(change: Change, gates: Sequence[Gate], waiting: Waiting | None, asked_by: Actor) -> dict[str, Any]:
    """``own`` is what of it is the work of who asks: somebody else has to agree to that."""
    plan, approval, override = change.plan, change.approval, change.override
    own = {"artefact": change.is_artefact_of(asked_by), "override": change.is_override_of(asked_by)}
    return {
        "id": change.id, "state": change.state, "title": plan.title, "impact": plan.impact, "author": change.author,
        "committers": list(plan.committers),
        "commit": plan.commit, "digest": plan.digest, "committed_at": stamp(plan.committed_at),
        "planned_for": stamp(plan.planned_for),
        "own": [name for name, is_own in own.items() if is_own],
        "approval": approval and {"by": approval.by, "at": stamp(approval.at), "until": stamp(approval.until)},
        "override": override and {
            "gates": list(override.gates), "reason": override.reason, "by": override.by, "seconded_by": override.seconded_by,
        },
        "gates": [
            {
                "name": gate.name, "open": gate.open, "why": gate.why,
                "overridden": not gate.open and gate.name in change.overridden(),
            }
            for gate in gates
        ],
        "story": [
            {"at": stamp(line.at), "by": line.by, "happened": line.happened, "why": line.why} for line in change.story
        ],
        "workflow": {"waiting_for": waiting.waits_for, "since": waiting.since} if waiting and not change.is_over else None,
    }  # fmt: skip
