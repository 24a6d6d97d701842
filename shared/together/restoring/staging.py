"""Staging pointed back, with its row in the audit trail: nobody asked for it, so nobody else writes one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from shared.audit.chain import OPERATIONS, Entry
from shared.audit.pending import leave

if TYPE_CHECKING:
    from shared.backups.point_staging import Staging
    from shared.backups.steps import Task
    from shared.backups.store import DrillStore
    from shared.platform.aws.dynamodb import Table

ACTOR: Final = "function:cold_start"


@dataclass(frozen=True)
class PointedStaging:
    """The acts of the steps, each repeated after a kill at any point of it."""

    staging: "Staging"
    drills: "DrillStore"
    table: "Table"
    clock: Callable[[], datetime]

    def point(self, task: "Task") -> Mapping[str, Any]:
        found = self.staging.point(task)
        self.drills.update(task.drill.id, staging=found["address"])
        return found

    def point_back(self, task: "Task") -> Mapping[str, Any]:
        found = self.staging.point_back(task)
        drill = task.drill.id
        self.drills.update(drill, staging="")
        entry = Entry(
            id=uuid5(NAMESPACE_URL, f"{drill}#staging-pointed-back"), organisation_id=OPERATIONS, actor=ACTOR,
            action="staging pointed back", subject=drill, reason="its restore was signed off, or has ended",
        )  # fmt: skip
        self.table.write([leave(entry, self.clock())])  # left twice, it is written once
        return found
