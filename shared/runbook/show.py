"""A run record as the API shows it and as evidence is exported: plain JSON values, times as text."""

from datetime import datetime

from shared.platform.moments import stamp
from shared.runbook.run import Run
from shared.runbook.view import RunSummary, RunView


def run_summary(run: Run) -> RunSummary:
    """A record without its evidence."""
    occasion = run.occasion
    return {
        "id": run.id, "task": occasion.task, "kind": occasion.kind, "state": run.state,
        "scheduled_for": stamp(occasion.scheduled_for), "by": occasion.by, "reason": occasion.reason,
        "attempt": run.attempt, "late": run.late, "started_at": _text(run.started_at),
        "finished_at": _text(run.finished_at), "seconds": run.seconds, "why": run.finding.why if run.finding else "",
    }  # fmt: skip


def run_view(run: Run) -> RunView:
    finding = run.finding
    return {
        **run_summary(run),
        "measured": dict(finding.measured) if finding else {}, "thresholds": dict(finding.thresholds) if finding else {},
        "inputs": dict(finding.inputs) if finding else {}, "links": dict(finding.links) if finding else {},
    }  # fmt: skip


def _text(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None
