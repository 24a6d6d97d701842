"""Changes in the operations table, each written together with what is told of it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import TypeAdapter

from shared.changes.model import LIFE, Change
from shared.events.deployments import DeploymentChanged
from shared.platform.aws.dynamodb import Item, Put, Table
from shared.platform.moments import stamp
from shared.platform.outbox import leave
from shared.platform.refusals import Unknown

_PARTITION: Final = "change"
_CHANGE: Final = TypeAdapter(Change)
WAITED: Final = LIFE + timedelta(days=1)
"""A change may wait for long: what happened to changes in a span was planned in it, or in this time before."""


class UnknownChange(Unknown):
    """There is no change of this id."""

    def __init__(self, change_id: str) -> None:
        super().__init__(f"there is no change {change_id}: GET /v1/changes lists them")


class ChangeStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``. Ids sort by when a change was planned."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, change_id: str) -> Change:
        """Raises UnknownChange."""
        found = self._table.get(_PARTITION, change_id)
        if found is None:
            raise UnknownChange(change_id)
        return _CHANGE.validate_json(str(found["content"]))

    def newest(self, *, before: str | None = None, limit: int) -> list[Change]:
        items = self._table.query(_PARTITION, before=before, newest_first=True, limit=limit)
        return [_CHANGE.validate_json(str(item["content"])) for item in items]

    def planned_between(self, start: datetime, end: datetime) -> list[Change]:
        # "~" sorts behind every id of that second.
        items = self._table.query(_PARTITION, between=(first_id(start), f"{first_id(end)}~"))
        return [_CHANGE.validate_json(str(item["content"])) for item in items]

    def write(self, before: Change | None, after: Change) -> None:
        """What has happened to it since ``before``, told in the same transaction. Raises ``Overtaken``."""
        version = before.version if before else 0
        content = _CHANGE.dump_json(after).decode()
        item: Item = {"pk": _PARTITION, "sk": after.id, "version": after.version, "content": content}
        put = Put(item=item, expect={"version": version or None})
        self._table.write([put, *(leave(told(after, place)) for place in range(version, after.version))])


def first_id(moment: datetime) -> str:
    """Sorts before every id of a change that was planned from then on."""
    return f"CHG-{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def told(change: Change, place: int) -> DeploymentChanged:
    """The event of one line of the story."""
    entry = change.story[place]
    return DeploymentChanged(
        id=f"{change.id}-{place + 1}", at=stamp(entry.at), deployment=change.id, sequence=place + 1,
        change=entry.happened, title=change.plan.title + (" (demo)" if change.plan.demo else ""), impact=change.plan.impact,
        planned_for=stamp(change.plan.planned_for), by=entry.by, why=entry.why,
    )  # fmt: skip
