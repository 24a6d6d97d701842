"""Drills, steps and plans as the API shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.backups.content import Mark
from shared.backups.drill import Drill, Kind
from shared.backups.store import Step
from shared.backups.words import plain_moment
from shared.platform.actor import Actor

_UNSHOWN: Final = frozenset({"abort_by", "started_by_subject", "signed_by_subject", "by_subject"})
"""People are shown by their names."""

_STEPS: Final[dict[Kind, tuple[str, ...]]] = {
    "mark": ("mark a moment: for some milliseconds nobody writes, and every table's checksum is taken",),
    "drill": (
        "mark a moment (or take the one asked for), with a sentinel row on either side of it",
        "restore the newest backup before it to a temporary database, and replay the write-ahead log up to it",
        "compare every table's rows and checksums, the sentinels, migrations and constraints",
        "have the application answer from it",
        "destroy the temporary database",
        "wait up to 24 hours for the sign-off of a DBA who did not start it",
    ),
    "restore": (
        "restore the newest backup before the moment to a temporary database, and replay the write-ahead log up to it",
        "check constraints and, at a marked moment, every table's content",
        "apply again what has happened since: migrations",
        "have the application answer from it",
        "wait up to 24 hours for the sign-off of a DBA who did not start it",
        "wait up to 24 hours for the promotion: it takes the place of the running database, whose data is kept aside",
        "destroy the temporary database if it was not promoted",
    ),
}  # fmt: skip


def drill_view(drill: Drill, asked_by: Actor) -> dict[str, Any]:
    """``own``: who asks has started it, and somebody else has to sign it off."""
    plain = {name: value for name, value in vars(drill).items() if name not in _UNSHOWN}
    shown = {name: plain_moment(value) if isinstance(value, datetime) else value for name, value in plain.items()}
    return shown | {"own": asked_by.may_be(drill.starter)}


def step_view(step: Step) -> dict[str, Any]:
    result = step.result and {name: value for name, value in step.result.items() if name not in _UNSHOWN}
    return vars(step) | {"result": result}


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
