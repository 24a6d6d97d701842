"""Leases of database credentials in the operations table, outside of the database whose roles they are about."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from shared.credentials.lease import Lease
from shared.events.access import DatabaseRoleSettled, DatabaseRoleUnexpected
from shared.events.event import Event
from shared.platform.aws.dynamodb import Delete, Put, Table, Value, Write
from shared.platform.outbox import leave

_ALL: Final = "database-credentials"
_OPEN: Final = "database-credentials-open"
_UNAPPROVED: Final = "database-credentials-unapproved"
_UNEXPECTED: Final = "database-roles-unexpected"
_TIMES: Final = ("issued_at", "expires_at", "ended_at")


class LeaseStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``; writes raise ``Overtaken`` when the lease is not as it was."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, lease: Lease) -> None:
        """Before the role is made: whatever happens then, somebody knows that it may exist."""
        writes: list[Write] = [Put(item=_item(_ALL, lease), expect={"pk": None}), Put(item=_pointer(_OPEN, lease))]
        if lease.break_glass:
            writes.append(Put(item=_pointer(_UNAPPROVED, lease)))
        self._table.write(writes)

    def change(self, before: Lease, after: Lease, *events: Event) -> None:
        """Write a lease's next state, and have it told."""
        expect: dict[str, Value | None] = {"state": before.state, "approved_by": before.approved_by}
        writes: list[Write] = [Put(item=_item(_ALL, after), expect=expect)]
        if after.state == "ended":
            writes.append(Delete(key=(_OPEN, after.id)))
        if after.approved_by and not before.approved_by:
            writes.append(Delete(key=(_UNAPPROVED, after.id)))
        self._table.write([*writes, *map(leave, events)])

    def get(self, lease_id: str) -> Lease | None:
        item = self._table.get(_ALL, lease_id)
        return _lease(item) if item else None

    def all_open(self) -> list[Lease]:
        """Those that have not ended, the one that has to end first before the others."""
        return sorted(self._pointed_at(_OPEN), key=Lease.ends_at)

    def unapproved(self) -> list[Lease]:
        """Break-glasses that no second person has looked at."""
        return self._pointed_at(_UNAPPROVED)

    def forget_unapproved(self, lease: Lease, event: Event) -> None:
        """Tell once that nobody approved it."""
        self._table.write([Delete(key=(_UNAPPROVED, lease.id)), leave(event)])

    def unexpected_roles(self) -> list[str]:
        """Roles of PostgreSQL that were told to be unexpected, and not to be settled since."""
        return [str(item["sk"]) for item in self._table.query(_UNEXPECTED)]

    def tell_unexpected(self, event: DatabaseRoleUnexpected) -> None:
        self._table.write([Put(item={"pk": _UNEXPECTED, "sk": event.role}), leave(event)])

    def tell_settled(self, event: DatabaseRoleSettled) -> None:
        self._table.write([Delete(key=(_UNEXPECTED, event.role)), leave(event)])

    def page(self, *, before: str | None, limit: int) -> list[Lease]:
        """Newest first, those before an id."""
        items = self._table.query(_ALL, before=before, newest_first=True, limit=limit)
        return list(map(_lease, items))

    def _pointed_at(self, partition: str) -> list[Lease]:
        ids = [str(item["sk"]) for item in self._table.query(partition)]
        found = self._table.get_many([(_ALL, lease_id) for lease_id in ids])
        return [_lease(item) for item in found.values()]


def _pointer(partition: str, lease: Lease) -> dict[str, Value]:
    return {"pk": partition, "sk": lease.id}


def _item(partition: str, lease: Lease) -> dict[str, Value]:
    plain = asdict(replace(lease, ended_at=None)) | {
        name: moment.isoformat() if (moment := getattr(lease, name)) else "" for name in _TIMES
    }
    plain["break_glass"] = int(lease.break_glass)
    return {**plain, "pk": partition, "sk": lease.id}


def _lease(item: dict[str, Value]) -> Lease:
    plain: dict[str, Any] = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
    times = {name: datetime.fromisoformat(plain[name]) if plain[name] else None for name in _TIMES}
    return Lease(**(plain | times | {"break_glass": bool(plain["break_glass"])}))
