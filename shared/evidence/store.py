"""Which days were exported, in the operations table: a second witness, beside the archive itself."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from shared.evidence.manifest import SignedDay
from shared.platform.aws.dynamodb import Put, Table, Value

PARTITION: Final = "evidence"


class EvidenceStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def latest(self) -> SignedDay | None:
        found = self._table.query(PARTITION, newest_first=True, limit=1)
        return signed_day(found[0]) if found else None

    def get(self, day: date) -> SignedDay | None:
        found = self._table.get(PARTITION, day.isoformat())
        return signed_day(found) if found else None

    def add(self, signed: SignedDay) -> None:
        """Raises Overtaken when the day was exported meanwhile."""
        item: dict[str, Value] = {
            "pk": PARTITION, "sk": signed.day.isoformat(), "digest": signed.digest, "records": signed.records,
            "exported_at": signed.exported_at,
        }  # fmt: skip
        self._table.write([Put(item=item, expect={"sk": None})])


def signed_day(item: Mapping[str, Value]) -> SignedDay:
    return SignedDay(
        day=date.fromisoformat(str(item["sk"])), digest=str(item["digest"]), records=int(item["records"]),
        exported_at=str(item["exported_at"]),
    )  # fmt: skip
