"""Anchors: heads of chains as they were, kept outside of PostgreSQL. In the operations table for whoever verifies now; in a bucket
where nothing can be overwritten or deleted, as the proof.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from shared.audit.chain import Head
from shared.events.access import AuditAltered
from shared.platform.aws.dynamodb import Item, Put, Set, Table
from shared.platform.outbox import leave

_PARTITION: Final = "audit-anchor#{}"
_LAST: Final = "9" * 20


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """All heads at a moment. ``before`` is the SHA-256 of the anchor before it, so that none of these can be left out either.

    ``restore`` names the promoted restore that it follows, where it is the first one after it.
    """

    at: datetime
    heads: Mapping[UUID, Head]
    before: str
    restore: str = ""

    @property
    def key(self) -> str:
        """The object's name; in the order of time."""
        return f"heads/{self.at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.json"

    def to_bytes(self) -> bytes:
        heads = {
            str(organisation): {"sequence": head.sequence, "hash": head.hash.hex()}
            for organisation, head in sorted(self.heads.items())
        }
        plain = {"at": self.at.isoformat(), "before": self.before, "heads": heads}
        return json.dumps(plain | ({"restore": self.restore} if self.restore else {}), indent=1).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Anchor":
        found = json.loads(content)
        heads = {
            UUID(organisation): Head(sequence=head["sequence"], hash=bytes.fromhex(head["hash"]))
            for organisation, head in found["heads"].items()
        }
        return cls(
            at=datetime.fromisoformat(found["at"]),
            heads=heads,
            before=found["before"],
            restore=found.get("restore", ""),
        )


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


class AnchorStore:
    """Anchors in the operations table, by chain and sequence. Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, organisation_id: UUID, head: Head, at: datetime) -> None:
        item: Item = {
            "pk": _PARTITION.format(organisation_id), "sk": _sort_key(head.sequence),
            "hash": head.hash.hex(), "at": at.isoformat(),
        }  # fmt: skip
        self._table.write([Put(item=item)])

    def tell(self, event: AuditAltered) -> None:
        """Have it told: a chain is not as it was written."""
        self._table.write([leave(event)])

    def after(self, organisation_id: UUID, sequence: int, limit: int) -> list[Head]:
        """Anchors of rows after a sequence, the first ``limit`` of them, without those that a restore superseded."""
        found = self._table.query(
            _PARTITION.format(organisation_id), between=(_sort_key(sequence + 1), _LAST), limit=limit
        )
        return [
            Head(sequence=int(str(item["sk"])), hash=bytes.fromhex(str(item["hash"])))
            for item in found
            if "superseded_by" not in item
        ]

    def supersede(self, organisation_id: UUID, first: int, last: int, restore: str) -> int:
        """Rows ``first`` to ``last`` were lost by a restore: their anchors are kept, and no longer expected. How many they are."""
        partition = _PARTITION.format(organisation_id)
        found = self._table.query(partition, between=(_sort_key(first), _sort_key(last)))
        for item in found:
            self._table.write([Set(key=(partition, str(item["sk"])), attributes={"superseded_by": restore})])
        return len(found)

    def last(self, organisation_id: UUID) -> int:
        """The sequence of the newest anchor that is expected; 0 when there is none."""
        found = self._table.query(_PARTITION.format(organisation_id), newest_first=True, limit=1)
        return int(str(found[0]["sk"])) if found and "superseded_by" not in found[0] else 0


def _sort_key(sequence: int) -> str:
    return f"{sequence:020}"
