"""The accepted load snapshots of a stage, in its operations table."""

import json
from typing import Final

from shared.delivery.snapshot import Snapshot, read_snapshot
from shared.platform.aws.dynamodb import Put, Table

_PARTITION: Final = "load-snapshot"


class SnapshotStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def last(self) -> Snapshot | None:
        """The last accepted one."""
        found = self._table.query(_PARTITION, newest_first=True, limit=1)
        return read_snapshot(json.loads(str(found[0]["content"]))) if found else None

    def accept(self, snapshot: Snapshot) -> None:
        content = json.dumps(snapshot.to_json())
        self._table.write([Put(item={"pk": _PARTITION, "sk": snapshot.at, "content": content})])
