"""The audit trail's rows, and the check that finds whatever was done to them afterwards. Pure: rows in, findings out.

Each row carries the hash of its own fields and of the row before it. Heads of the chain are anchored outside of the database: who
rewrites a chain as a whole still meets them.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

OPERATIONS: Final = UUID(int=0)
"""The chain of P09's own operations, beside those of organisations."""
GENESIS: Final = bytes(32)
RESTORED: Final = "database.restored"
"""The action of the row that a promoted restore leaves in a chain: which rows before it it carried over."""

Content = dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody did: ``actor`` is ``person:…``, ``key:…`` or ``function:…``, ``subject`` what it was done to."""

    organisation_id: UUID
    actor: str
    action: str
    subject: str
    before: Content = None
    after: Content = None
    reason: str | None = None
    origin: str = ""
    request_id: str = ""
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, kw_only=True)
class Row:
    """An entry in its place. ``before`` and ``after`` are the JSON text that was hashed."""

    organisation_id: UUID
    sequence: int
    id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    before: str | None
    after: str | None
    reason: str | None
    origin: str
    request_id: str
    previous: bytes
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last row of a chain at some time."""

    sequence: int
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something was done to the rows from ``first`` to ``last``, both included."""

    first: int
    last: int
    what: str


def to_text(content: Content) -> str | None:
    """JSON in the one form that is hashed."""
    if content is None:
        return None
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(row: Row) -> bytes:
    """SHA-256 of a row's fields, each with its length before it, so that no two rows give the same text."""
    return sha256(",".join(map(_measured, _fields(row))).encode()).digest()


def _fields(row: Row) -> Iterator[str | None]:
    at = row.at if row.at.tzinfo is UTC else row.at.astimezone(UTC)
    yield from (str(row.organisation_id), str(row.sequence), str(row.id))
    yield f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06}Z"
    yield from (row.actor, row.action, row.subject, row.before, row.after)
    yield from (row.reason, row.origin, row.request_id, row.previous.hex())


def _measured(text: str | None) -> str:
    if text is None:
        return "~"
    return f"{len(text) if text.isascii() else len(text.encode())}:{text}"


class Verifier:
    """Follows one chain, row by row, in the order in which it is stored.

    ``after`` is the row before the first; None begins with the chain. ``anchors`` are heads that were seen at some time.
    ``restores`` are the rows that say that the database was restored. They excuse nothing: rows that a restore superseded are no
    longer expected because their anchors, which are outside of the database, say so.
    """

    def __init__(self, organisation_id: UUID, anchors: Iterable[Head] = (), after: Row | None = None) -> None:
        self.organisation_id = organisation_id
        self.findings: list[Finding] = []
        self.restores: list[Row] = []
        self.taken = 0
        self.last = Head(sequence=after.sequence, hash=after.hash) if after else Head(sequence=0, hash=GENESIS)
        self._anchors: dict[int, set[bytes]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.sequence, set()).add(anchor.hash)
        self._head: Head | None = None
        self._proven = self.last.sequence

    def expect(self, head: Head | None) -> None:
        """What the database itself says the last row is, at the moment at which the next rows were read."""
        self._head = head

    def take(self, row: Row) -> None:
        self.taken += 1
        expected = self.last.sequence + 1
        if row.organisation_id != self.organisation_id:
            self._find(row.sequence, row.sequence, "belongs to another chain")
        if row.sequence > expected:
            self._find(expected, row.sequence - 1, "missing")
        elif row.sequence < expected:
            self._find(row.sequence, row.sequence, "in the wrong place, or twice")
        if hash_of(row) != row.hash:
            self._find(row.sequence, row.sequence, "altered: its fields do not give its hash")
        if row.sequence == expected and row.previous != self.last.hash:
            self._find(max(1, row.sequence - 1), row.sequence, "does not follow the row before it")
        self._meet_anchor(row)
        if row.action == RESTORED:
            self.restores.append(row)
        if self._head and row.sequence == self._head.sequence and row.hash != self._head.hash:
            self._find(
                min(self._proven + 1, row.sequence), row.sequence, "the last row is not the one that was written"
            )
        self.last = Head(sequence=row.sequence, hash=row.hash)

    def end(self) -> None:
        """The chain has no more rows."""
        last, head = self.last.sequence, self._head.sequence if self._head else 0
        known = max([*self._anchors, head])
        if known > last:
            self._find(last + 1, known, "missing at the end")
            if last > self._proven:
                self._find(self._proven + 1, last, "perhaps rewritten: the next anchor lies beyond the end")
        if self._head and last > head:
            self._find(head + 1, last, "added without the chain's knowledge")

    def _meet_anchor(self, row: Row) -> None:
        for anchored in self._anchors.get(row.sequence, ()):
            if row.hash == anchored:
                self._proven = row.sequence
            else:
                what = f"rewritten: row {row.sequence} is not the one that was anchored"
                self._find(min(self._proven + 1, row.sequence), row.sequence, what)

    def _find(self, first: int, last: int, what: str) -> None:
        self.findings.append(Finding(first=first, last=last, what=what))


def verify(rows: Sequence[Row], anchors: Iterable[Head] = (), head: Head | None = None) -> list[Finding]:
    """What was done to a chain since it was written; empty for an untouched one."""
    organisation_id = rows[0].organisation_id if rows else OPERATIONS
    verifier = Verifier(organisation_id, anchors)
    verifier.expect(head)
    for row in rows:
        verifier.take(row)
    verifier.end()
    return verifier.findings
