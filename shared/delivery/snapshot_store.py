"""The accepted load snapshots of a stage, in its operations table."""

import json
from typing import Final

from shared.delivery.snapshot import Snapshot, read_snapshot
from shared.platform.aws.dynamodb import Put, Table

PARTITION: Final = "load-snapshot"
_LOOKED_AT: Final = 100


class SnapshotStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def last(self, address: str, *, before: str | None = None) -> Snapshot | None:
        """The last accepted one of an address, made ``before`` a moment; a stage keeps those of others, whose changes it judges."""
        newest = self._table.query(PARTITION, before=before, newest_first=True, limit=_LOOKED_AT)
        found = (read_snapshot(json.loads(str(item["content"]))) for item in newest)
        return next((one for one in found if one.address == address), None)

    def accept(self, snapshot: Snapshot) -> None:
        content = json.dumps(snapshot.to_json())
        self._table.write([Put(item={"pk": PARTITION, "sk": snapshot.at, "content": content})])
