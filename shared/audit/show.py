"""Rows of the audit trail as the API shows them, as JSON lines and as CSV."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Final

from shared.audit.chain import Content, Finding, Row
from shared.audit.view import AuditRow, FindingView, Outcome, RestoreView

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def row_view(row: Row) -> AuditRow:
    after = json.loads(row.after) if row.after else None
    written_at = row.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {
        "organisation_id": str(row.organisation_id), "sequence": row.sequence, "id": str(row.id),
        "at": written_at, "done_at": (after or {}).get("done_at", written_at), "outcome": _outcome(after), "actor": row.actor,
        "action": row.action, "subject": row.subject,
        "before": json.loads(row.before) if row.before else None,
        "after": after, "reason": row.reason, "origin": row.origin,
        "request_id": row.request_id, "previous": row.previous.hex(), "hash": row.hash.hex(),
    }  # fmt: skip


def _outcome(after: Content) -> Outcome | None:
    """A row that does not say when it was done was written with its act, which a refusal undoes."""
    found: Outcome | None = (after or {}).get("outcome")
    return found or (None if after and "done_at" in after else "done")


def finding_view(finding: Finding) -> FindingView:
    return {"first": finding.first, "last": finding.last, "what": finding.what}


def restore_view(row: Row) -> RestoreView:
    """What a chain's row says of the restore that it goes on from; also when somebody else wrote it."""
    after = json.loads(row.after or "{}") or {}
    return {
        "sequence": row.sequence, "restore": row.subject, "at": row.at.isoformat(), "to": str(after.get("to", "")),
        "started_by": str(after.get("started_by", "")), "signed_by": str(after.get("signed_by", "")),
        "promoted_by": str(after.get("promoted_by", "")), "carried_over": after.get("carried_over"),
        "superseded": after.get("superseded"), "findings": list(map(str, after.get("findings", ()))),
    }  # fmt: skip


def as_lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row_view(row), ensure_ascii=False) + "\n" for row in rows)


def as_csv(rows: Sequence[Row]) -> str:
    """With a line of names, and nothing that a spreadsheet would take for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(AuditRow.__annotations__)
    for row in rows:
        cells = {**row_view(row), "before": row.before, "after": row.after}
        writer.writerow(_harmless(cells[name]) for name in AuditRow.__annotations__)
    return text.getvalue()


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
