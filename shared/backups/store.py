"""Drills in the operations table, step by step: they can be read, and judged, while the database that they restore is down."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

from shared.backups.content import Mark
from shared.backups.drill import Drill, Wait, word_of
from shared.events.event import Event
from shared.platform.actor import Actor
from shared.platform.aws.dynamodb import Overtaken, Put, Set, Table, Value, Write
from shared.platform.moments import stamp
from shared.platform.outbox import leave

_DRILL: Final = "drill"
_TOKEN: Final = "drill-token"  # noqa: S105 -- a partition; tokens of tasks are in it, and never in an answer
_MARK: Final = "backup-mark"
_MOMENTS: Final = frozenset({
    "started_at", "to", "signed_at", "expires_at", "finished_at", "aside_until", "aside_removed_at",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Step:
    """``result`` is None while it runs; ``progress`` is what its attempts have saved so far."""

    name: str
    started_at: str
    finished_at: str = ""
    result: Mapping[str, Any] | None = None
    error: str = ""
    progress: Mapping[str, Any] | None = None


class DrillStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, drill: Drill) -> bool:
        """False when it exists."""
        try:
            self._table.write(
                [Put(item={"pk": _DRILL, "sk": place(drill.id), **_plain(vars(drill))}, expect={"pk": None})]
            )
        except Overtaken:
            return False
        return True

    def get(self, drill: str) -> Drill | None:
        item = self._table.get(_DRILL, place(drill))
        return _drill(item) if item else None

    @staticmethod
    def place(drill: str) -> str:
        """Where a drill stands in the list: by its time, whatever its kind."""
        return place(drill)

    def newest(self, *, before: str | None, limit: int) -> list[Drill]:
        return [_drill(item) for item in self._table.query(_DRILL, before=before, newest_first=True, limit=limit)]

    def update(self, drill: str, *events: Event, **attributes: Any) -> None:
        """Set attributes and promise to send events, in one transaction."""
        writes: list[Write] = [Set(key=(_DRILL, place(drill)), attributes=_plain(attributes))]
        self._table.write([*writes, *map(leave, events)])

    def step(self, drill: str, name: str) -> Step | None:
        item = self._table.get(_steps_of(drill), name)
        return _step(item) if item else None

    def steps(self, drill: str) -> list[Step]:
        """In the order in which they began."""
        found = [_step(item) for item in self._table.query(_steps_of(drill))]
        return sorted(found, key=lambda one: one.started_at)

    def write_step(self, drill: str, step: Step) -> None:
        item: dict[str, Value] = {
            "pk": _steps_of(drill), "sk": step.name, "started_at": step.started_at, "finished_at": step.finished_at,
            "error": step.error,
        }  # fmt: skip
        contents = {"result": step.result, "progress": step.progress}
        item |= {name: json.dumps(content) for name, content in contents.items() if content is not None}
        self._table.write([Put(item=item)])

    def token(self, drill: str, wait: Wait) -> str | None:
        item = self._table.get(_TOKEN, f"{drill}#{wait}")
        return str(item["token"]) if item else None

    def write_token(self, drill: str, wait: Wait, token: str) -> None:
        self._table.write([Put(item={"pk": _TOKEN, "sk": f"{drill}#{wait}", "token": token})])

    def write_mark(self, mark: Mark) -> None:
        self._table.write([Put(item={"pk": _MARK, "sk": stamp(mark.at), "mark": json.dumps(mark.plain())})])

    def mark_at(self, at: datetime) -> Mark | None:
        item = self._table.get(_MARK, stamp(at))
        return Mark.of(json.loads(str(item["mark"]))) if item else None

    def marks(self, *, limit: int) -> list[Mark]:
        """Newest first."""
        items = self._table.query(_MARK, newest_first=True, limit=limit)
        return [Mark.of(json.loads(str(item["mark"]))) for item in items]

    def note_refusal(self, drill: str, at: datetime, by: Actor, why: str) -> None:
        """A decision that was refused stays beside the drill."""
        name = f"refused {at.astimezone(UTC).isoformat()}"
        self.write_step(drill, Step(name=name, started_at=at.isoformat(), finished_at=at.isoformat(),
                                    result=word_of(by), error=why))  # fmt: skip


def place(drill: str) -> str:
    return f"{drill.split('-')[1]}#{drill}"


def _steps_of(drill: str) -> str:
    return f"drill-step#{drill}"


def _plain(attributes: Mapping[str, Any]) -> dict[str, Value]:
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in attributes.items()
        if value is not None and name != "id"
    }


def _drill(item: Mapping[str, Value]) -> Drill:
    known = {field.name for field in fields(Drill)}
    plain: dict[str, Any] = {
        name: datetime.fromisoformat(str(value)) if name in _MOMENTS else value
        for name, value in item.items()
        if name in known
    }
    return Drill(**plain | {"id": str(item["sk"]).partition("#")[2]})


def _step(item: Mapping[str, Value]) -> Step:
    contents = {name: json.loads(str(item[name])) for name in ("result", "progress") if name in item}
    return Step(
        name=str(item["sk"]), started_at=str(item["started_at"]), finished_at=str(item["finished_at"]),
        error=str(item["error"]), **contents,
    )  # fmt: skip
