"""Drills, steps and plans as the API shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.backups.content import Mark
from shared.backups.drill import SIGN_OFF_WITHIN, Drill, Kind
from shared.backups.store import Step
from shared.backups.words import plain_moment, span_text
from shared.platform.actor import Actor

# A field that is not named here stays inside: people are shown by their names, not by their subjects.
_DRILL: Final = (
    "id", "kind", "status", "started_by", "started_at", "reason", "to", "why", "rpo_seconds", "rto_seconds", "rows",
    "signed_by", "signed_at", "expires_at", "finished_at",
)  # fmt: skip
_STEP: Final = ("name", "started_at", "finished_at", "error")
_RESULT: Final = frozenset({
    "to", "restorable_until", "mark", "stalled_ms",  # mark
    "base_backup", "base_completed_at", "wal_segments", "restored_to", "seconds", "cluster", "engine_version",  # provision
    "tables", "migrations", "proved_at", "sentinel",  # compare, reapply
    "health", "tenancy", "query", "results",  # smoke test
    "instance",  # destroy
    "decision", "by", "note",  # sign-off, promotion, and decisions that were refused
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
        "apply again what has happened since: migrations",
        "have the application answer from it",
        f"wait up to {_SIGN_OFF} for the sign-off of a DBA who did not start it",
        f"wait up to {_SIGN_OFF} for the promotion: it takes the place of the running database, whose data is kept aside",
        "destroy the temporary database if it was not promoted",
    ),
}  # fmt: skip


def drill_view(drill: Drill, asked_by: Actor) -> dict[str, Any]:
    """``own``: who asks has started it, and somebody else has to sign it off."""
    values = {name: getattr(drill, name) for name in _DRILL}
    shown = {name: plain_moment(value) if isinstance(value, datetime) else value for name, value in values.items()}
    return shown | {"own": asked_by.may_be(drill.starter)}


def step_view(step: Step) -> dict[str, Any]:
    result = step.result and {name: value for name, value in step.result.items() if name in _RESULT}
    return {name: getattr(step, name) for name in _STEP} | {"result": result}


def mark_view(mark: Mark) -> dict[str, Any]:
    return {"at": plain_moment(mark.at), "drill": mark.id, "rows": mark.content.rows, "stalled_ms": mark.stalled_ms}


def plan_view(kind: Kind, to: datetime | None, measured: Mapping[str, Any], *, marked: bool) -> dict[str, Any]:
    """``measured`` is of the last verification."""
    window = measured.get("point_in_time")
    return {
        "kind": kind, "to": plain_moment(to), "window": window, "backup": measured.get("newest_backup"),
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
