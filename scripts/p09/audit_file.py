"""Verifies an exported audit trail on this machine: the system that wrote it need not be trusted, nor be running."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from shared.audit.chain import OPERATIONS, Row, Verifier, to_text
from shared.audit.show import restore_view

_READ_FROM_AFTER: Final = {"done_at", "outcome"}


def verify_file(file: Path) -> dict[str, Any]:
    """As the API's verification reports, for a file of JSON lines, newest row first as the export writes them: by the chain."""
    lines = file.read_text(encoding="utf-8").split("\n")  # what else splits lines may stand inside of one
    rows = [_row(json.loads(line)) for line in lines if line]
    verifier = Verifier(rows[-1].organisation_id if rows else OPERATIONS)
    for row in reversed(rows):
        verifier.take(row)
    verifier.end()
    return {
        "verified": verifier.taken, "anchors": 0, "findings": [vars(finding) for finding in verifier.findings],
        "restores": list(map(restore_view, verifier.restores)),
    }  # fmt: skip


def _row(shown: dict[str, Any]) -> Row:
    fields = {name: shown[name] for name in shown if name not in _READ_FROM_AFTER}
    texts = {"before": to_text(shown["before"]), "after": to_text(shown["after"])}
    ids = {name: UUID(shown[name]) for name in ("organisation_id", "id")}
    hashes = {name: bytes.fromhex(shown[name]) for name in ("previous", "hash")}
    return Row(**(fields | texts | ids | hashes | {"at": datetime.fromisoformat(shown["at"])}))
