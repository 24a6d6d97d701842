"""How rows of the audit trail are shown, and written as JSON lines and CSV."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from shared.audit.chain import Row

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class AuditRow(BaseModel):
    """``hash`` covers every other field, and ``previous`` is the hash of the row before."""

    model_config = ConfigDict(defer_build=True)

    organisation_id: UUID
    sequence: int
    id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    origin: str
    request_id: str
    previous: str
    hash: str


class AuditPage(BaseModel):
    """Newest first; ``next_cursor`` is the ``cursor`` of the next page, null on the last."""

    model_config = ConfigDict(defer_build=True)

    rows: list[AuditRow]
    next_cursor: str | None


class FindingView(BaseModel):
    """Something was done to the rows from ``first`` to ``last``."""

    model_config = ConfigDict(defer_build=True)

    first: int
    last: int
    what: str


class AuditVerification(BaseModel):
    """``verified`` rows were read, up to ``until``; ``next_cursor`` goes on from there, null at the chain's end."""

    model_config = ConfigDict(defer_build=True)

    organisation_id: UUID
    verified: int
    until: int
    anchors: int
    findings: list[FindingView]
    next_cursor: str | None


def shown(row: "Row") -> dict[str, Any]:
    """A row as JSON."""
    return {
        **vars(row),
        "organisation_id": str(row.organisation_id), "id": str(row.id),
        "at": row.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "before": json.loads(row.before) if row.before else None,
        "after": json.loads(row.after) if row.after else None,
        "previous": row.previous.hex(), "hash": row.hash.hex(),
    }  # fmt: skip


def as_lines(rows: Iterable["Row"]) -> str:
    return "".join(json.dumps(shown(row), ensure_ascii=False) + "\n" for row in rows)


def as_csv(rows: Sequence["Row"]) -> str:
    """With a line of names, and nothing that a spreadsheet would take for a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(AuditRow.model_fields)
    for row in rows:
        cells = {**shown(row), "before": row.before, "after": row.after}
        writer.writerow(_harmless(cells[name]) for name in AuditRow.model_fields)
    return text.getvalue()


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
