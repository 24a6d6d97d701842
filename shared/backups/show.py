"""Verifications, drills and plans as the API shows them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shared.backups.content import Mark
from shared.backups.drill import SIGN_OFF_WITHIN, Drill, Kind
from shared.backups.promotion import ORDER
from shared.backups.store import Step
from shared.backups.view import (
    BackupsView,
    DiscardPreview,
    DrillDetail,
    DrillPlan,
    DrillView,
    MarkView,
    StepView,
    VerificationView,
)
from shared.backups.words import plain_moment, span_text
from shared.platform.actor import Actor
from shared.platform.moments import stamp
from shared.runbook.run import Run

# A field that is not named here stays inside: people are shown by their names, not by their subjects.
_RESULT: Final = frozenset({
    "to", "restorable_until", "mark", "stalled_ms",  # mark
    "base_backup", "base_completed_at", "wal_segments", "restored_to", "seconds", "cluster", "engine_version",  # provision
    "tables", "migrations", "proved_at", "sentinel",  # compare, reapply
    "health", "tenancy", "query", "results",  # smoke test
    "instance",  # destroy
    "decision", "by", "note",  # sign-off, promotion, and decisions that were refused
    "logins", "owner",  # admit, set logins
    "waiting_entries", "sessions_ended", "closed_at", "ended",  # hold, close the running database, end credentials and roles
    "at", "source", "events", "acts", "organisations", "sites", "keys", "people", "invitations", "credentials",
    "confirmation",  # preview, count what is discarded
    "new", "repeated", "refused", "why", "counted_before", "counted_after", "lost",  # drain again
    "changed", "rows_carried_over", "chains", "superseded", "findings",  # forget again, carry the audit trail on
    "address",  # point staging
    "put_aside", "kept_until", "costs", "started_afresh", "answers", "serves_since", "anchor", "runs_again",
    "was", "had_cost", "removed",  # remove what was put aside
})  # fmt: skip
_SIGN_OFF: Final = span_text(SIGN_OFF_WITHIN)

_STEPS: Final[dict[Kind, tuple[str, ...]]] = {
    "mark": ("mark a moment: for some milliseconds nobody writes, and every table's checksum is taken",),
    "drill": (
        "mark a moment (or take the one asked for), with a sentinel row on either side of it",
        "restore the newest backup before it to a temporary database, and replay the write-ahead log up to it",
        "compare every table's rows and checksums, the sentinels, migrations and constraints",
        "have the application answer from it",
        "destroy the temporary database",
        f"wait up to {_SIGN_OFF} for the sign-off of a DBA who did not start it",
    ),
    "restore": (
        "restore the newest backup before the moment to a temporary database, and replay the write-ahead log up to it",
        "check constraints and, at a marked moment, every table's content",
        "let today's logins in, and apply again what has changed in its schema since: migrations",
        "have the application answer from it",
        f"wait up to {_SIGN_OFF} for the sign-off of a DBA who did not start it; meanwhile staging can be pointed to it",
        f"compute what a promotion discards, and wait up to {_SIGN_OFF} for a DBA who confirms it in words",
        *(f"promotion: {step.says}" for step in ORDER),
        "destroy the temporary database if it was not promoted",
    ),
}  # fmt: skip


def backups_view(runs: Sequence[Run]) -> BackupsView:
    """``runs`` are the verifications that have ended, newest first."""
    finding = runs[0].finding if runs else None
    return {
        "verification": _verification(runs[0]) if runs else None,
        "measured": dict(finding.measured) if finding else {},
        "thresholds": dict(finding.thresholds) if finding else {},
        "links": dict(finding.links) if finding else {},
        "verifications": [_verification(run) for run in runs],
    }


def drill_view(drill: Drill, asked_by: Actor) -> DrillView:
    """``own``: who asks has started it, and somebody else has to sign it off."""
    return {
        "id": drill.id, "kind": drill.kind, "status": drill.status, "started_by": drill.started_by,
        "started_at": _moment(drill.started_at), "reason": drill.reason, "to": plain_moment(drill.to), "why": drill.why,
        "rpo_seconds": drill.rpo_seconds, "rto_seconds": drill.rto_seconds, "rows": drill.rows,
        "signed_by": drill.signed_by, "signed_at": plain_moment(drill.signed_at),
        "expires_at": plain_moment(drill.expires_at), "finished_at": plain_moment(drill.finished_at),
        "aside_until": plain_moment(drill.aside_until), "aside_removed_at": plain_moment(drill.aside_removed_at),
        "own": asked_by.may_be(drill.starter), "played": drill.played, "staging": drill.staging,
    }  # fmt: skip


def drill_detail(drill: Drill, steps: Iterable[Step], asked_by: Actor) -> DrillDetail:
    return {**drill_view(drill, asked_by), "steps": [step_view(one) for one in steps]}


def step_view(step: Step) -> StepView:
    result = step.result and {name: value for name, value in step.result.items() if name in _RESULT}
    return {
        "name": step.name, "started_at": step.started_at, "finished_at": step.finished_at, "error": step.error,
        "result": dict(result) if result is not None else None,
    }  # fmt: skip


def mark_view(mark: Mark) -> MarkView:
    return {"at": _moment(mark.at), "drill": mark.id, "rows": mark.content.rows, "stalled_ms": mark.stalled_ms}


def plan_view(kind: Kind, to: datetime | None, verified: Run | None, *, marked: bool) -> DrillPlan:
    """``verified`` is the last verification."""
    measured = verified.finding.measured if verified and verified.finding else {}
    window = measured.get("point_in_time")
    return {
        "kind": kind, "to": plain_moment(to), "verified_at": _verification(verified)["at"] if verified else None,
        "window": window, "backup": measured.get("newest_backup"),
        "steps": list(_STEPS[kind]), "warnings": list(_warnings(kind, to, window, marked=marked)),
    }  # fmt: skip


def _warnings(kind: Kind, to: datetime | None, window: Mapping[str, Any] | None, *, marked: bool) -> list[str]:
    found = []
    if window is None:
        found.append("No verification has found a point-in-time window: whether anything can be restored is not known.")
    elif to is not None and to < datetime.fromisoformat(window["earliest"]):
        found.append(f"The moment lies before the point-in-time window, which begins at {window['earliest']}.")
    if to is not None and not marked:
        found.append(
            "Nobody knows what the database held at that moment: a drill to it is refused."
            if kind == "drill"
            else "Nobody knows what the database held at that moment: its content can't be proved, only checked."
        )
    return found


def _verification(run: Run) -> VerificationView:
    at = run.finished_at or run.occasion.scheduled_for
    return {"run": run.id, "at": stamp(at), "verdict": run.state, "why": run.finding.why if run.finding else ""}


def _moment(moment: datetime) -> str:
    return plain_moment(moment) or ""


def preview_view(found: Mapping[str, Any]) -> DiscardPreview:
    return {
        "at": found["at"], "to": found["to"], "source": found["source"], "events": found.get("events"),
        "acts": found.get("acts"), "organisations": found.get("organisations"), "sites": found.get("sites"),
        "keys": found.get("keys"), "people": found.get("people"), "invitations": found.get("invitations"),
        "credentials": found.get("credentials"), "confirmation": found["confirmation"],
    }  # fmt: skip
