"""The calendar in the operations table: each entry by its id, and by its start for as long as it is not cancelled.

``maintenance`` is what KPIs exclude by: what stands there was planned before it began.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, cast, get_args

from shared.calendar.model import LONGEST, Entry, Kind, Plan, Told
from shared.events.calendar import CalendarChanged
from shared.platform.aws.dynamodb import Delete, PrimaryKey, Put, Table, Value, Write
from shared.platform.moments import moment, stamp
from shared.platform.outbox import leave

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_BY_ID: Final = "calendar"


class CalendarStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, entry_id: str) -> Entry | None:
        """By its id; a cancelled one too."""
        found = self._table.get(_BY_ID, entry_id)
        return _entry(found) if found else None

    def between(self, start: datetime, end: datetime, kinds: Iterable[Kind] = KINDS) -> list[Entry]:
        """What has a part in a span and is not cancelled, by its start."""
        found = [entry for kind in kinds for entry in self._begun(kind, stamp(start - LONGEST[kind]), stamp(end))]
        return sorted((entry for entry in found if entry.overlaps(start, end)), key=place)

    def active(self, now: datetime, kinds: Iterable[Kind] = KINDS) -> list[Entry]:
        found = (entry for kind in kinds for entry in self._begun(kind, stamp(now - LONGEST[kind]), stamp(now)))
        return sorted((entry for entry in found if entry.state(now) == "active"), key=place)

    def write(self, before: Entry | None, after: Entry, *events: CalendarChanged) -> None:
        """A new entry, or one instead of what it was ``before``, and what is told of it. Raises ``Overtaken``."""
        item = _item(after)
        writes: list[Write] = [
            Put(item=item | {"pk": _BY_ID, "sk": after.id}, expect={"version": before.version if before else None})
        ]
        old, new = (_listed(before), _listed(after))
        if old and old != new:
            writes.append(Delete(key=old))
        if new:
            writes.append(Put(item=item | {"pk": new[0], "sk": new[1]}))
        self._table.write([*writes, *map(leave, events)])

    def _begun(self, kind: Kind, first: str, last: str) -> Iterable[Entry]:
        return map(_entry, self._table.query(kind, between=(first, f"{last}~")))  # "~" sorts behind every id


def place(entry: Entry) -> str:
    """Where an entry stands among others: by its start."""
    return f"{stamp(entry.plan.start)}#{entry.id}"


def _listed(entry: Entry | None) -> PrimaryKey | None:
    return None if entry is None or entry.cancelled else (entry.plan.kind, place(entry))


def _item(entry: Entry) -> dict[str, Value]:
    plan = entry.plan
    return {
        "id": entry.id, "kind": plan.kind, "title": plan.title, "reason": plan.reason, "start": stamp(plan.start),
        "end": stamp(plan.end), "components": json.dumps(plan.components), "created_by": entry.created_by,
        "created_at": stamp(entry.created_at), "changed_by": entry.changed_by, "changed_at": stamp(entry.changed_at),
        "version": entry.version, "told": entry.told, "cancelled": int(entry.cancelled),
        "note": entry.note, "during": entry.during, "second_by": entry.second_by,
        "announced_at": stamp(entry.announced_at) if entry.announced_at else "",
    }  # fmt: skip


def _entry(item: Mapping[str, Value]) -> Entry:
    text = {name: str(value) for name, value in item.items()}
    plan = Plan(
        kind=cast("Kind", text["kind"]), title=text["title"], reason=text["reason"], start=moment(text["start"]),
        end=moment(text["end"]), components=tuple(json.loads(text["components"])),
    )  # fmt: skip
    return Entry(
        id=text["id"], plan=plan, created_by=text["created_by"], created_at=moment(text["created_at"]),
        changed_by=text["changed_by"], changed_at=moment(text["changed_at"]), version=int(text["version"]),
        told=cast("Told", text["told"]), cancelled=text["cancelled"] == "1", note=text["note"],
        during=text.get("during", ""), second_by=text.get("second_by", ""),
        announced_at=moment(announced) if (announced := text.get("announced_at")) else None,
    )  # fmt: skip
