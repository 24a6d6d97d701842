"""An entry of the calendar as the API shows it."""

from datetime import datetime

from shared.calendar.model import Entry
from shared.calendar.view import EntryView
from shared.platform.moments import stamp


def entry_view(entry: Entry, now: datetime) -> EntryView:
    plan = entry.plan
    return {
        "id": entry.id, "kind": plan.kind, "state": entry.state(now), "title": plan.title, "reason": plan.reason,
        "start": stamp(plan.start), "end": stamp(plan.end), "components": list(plan.components), "note": entry.note,
        "during": entry.during, "second_by": entry.second_by,
        "created_by": entry.created_by, "created_at": stamp(entry.created_at), "changed_by": entry.changed_by,
        "changed_at": stamp(entry.changed_at),
    }  # fmt: skip
