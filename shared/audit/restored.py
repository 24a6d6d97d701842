"""A chain in a restored database goes on with the rows of the database that it replaces, and with one that says so.

The restored chain ends where the other one was at the moment of the restore. If its last row is there, unchanged, the later rows
are carried over as they are: their hashes follow it, and every anchor is met. Otherwise none can be carried over: the row says
which are superseded, and their anchors are marked, outside of the database, so that verification no longer expects them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from shared.audit.chain import OPERATIONS, RESTORED, Entry, Head, Row, Verifier
from shared.audit.store import append_as_it_is, chain_heads, record, row_at, row_of, rows_after
from shared.platform.postgres import writing

if TYPE_CHECKING:
    from pg8000.native import Connection

ACTOR: Final = "function:restore_drill"
_RESTORES: Final = UUID("0f8c0d68-2c0d-4f4e-a8b2-4f6f5fcb1a0e")


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What became of one chain's rows since the moment: ``first`` to ``last`` were carried over, or are superseded.

    ``findings`` say what was done to them before; ``first`` is 0 where there were none.
    """

    organisation_id: UUID
    first: int = 0
    last: int = 0
    superseded: bool = False
    findings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return self.last - self.first + 1 if self.first else 0


@dataclass(frozen=True, kw_only=True)
class Restore:
    """``facts`` are what each chain's row says of it: from when, by whom, signed by whom."""

    id: str
    facts: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, kw_only=True)
class _Chain:
    """Its last row in the restored database, in the one that is replaced, and the last that is anchored."""

    organisation_id: UUID
    restored: Head | None
    there: Head | None
    anchored: int

    @property
    def begun(self) -> int:
        return self.restored.sequence if self.restored else 0


def carry_on(
    source: "Connection | None",
    restored: "Connection",
    owner: "Connection",
    last_anchored: Callable[[UUID], int],
    restore: Restore,
) -> list[Carried]:
    """Carry every chain on, and append a row that says so to those that had rows, and to that of operations. May be repeated.

    Parameters
    ----------
    source
        the database that is replaced, closed to writers, as who reads everything; None when it can't be read
    restored, owner
        the restored one, as who reads everything and as its owner
    last_anchored
        the last sequence of a chain that is anchored outside of the database
    """
    before = dict(chain_heads(restored))
    there = dict(chain_heads(source)) if source else {}
    return [
        _carry_one(
            source,
            owner,
            _Chain(
                organisation_id=organisation, restored=before.get(organisation), there=there.get(organisation),
                anchored=last_anchored(organisation),
            ),
            restore,
        )
        for organisation in sorted({*before, *there, OPERATIONS})
    ]  # fmt: skip


def _carry_one(source: "Connection | None", owner: "Connection", chain: _Chain, restore: Restore) -> Carried:
    """In one transaction: either all of a chain's rows are there, with the one that says so, or none."""
    organisation = chain.organisation_id
    entry = Entry(
        id=uuid5(_RESTORES, f"{restore.id}#{organisation}"), organisation_id=organisation, actor=ACTOR, action=RESTORED,
        subject=restore.id, reason=restore.reason or None,
    )  # fmt: skip
    with writing(owner, [organisation]):
        if (said := row_of(owner, organisation, entry.id)) is not None:
            return _read(organisation, said)
        found = _rows(source, owner, chain)
        if found.first or organisation == OPERATIONS:
            record(owner, replace(entry, after={**restore.facts, **_plain(found)}))
    return found


def _rows(source: "Connection | None", owner: "Connection", chain: _Chain) -> Carried:
    last = max(chain.there.sequence if chain.there else 0, chain.anchored)
    if last <= chain.begun:
        return Carried(organisation_id=chain.organisation_id)
    lost = Carried(organisation_id=chain.organisation_id, first=chain.begun + 1, last=last, superseded=True)
    if source is None:
        return lost
    base = row_at(source, chain.organisation_id, chain.begun) if chain.begun else None
    if chain.restored and (base is None or base.hash != chain.restored.hash):
        return replace(lost, findings=(f"row {chain.begun}: not the one that was restored",))
    verifier = Verifier(chain.organisation_id, after=base)
    verifier.expect(chain.there)
    for row in _checked(source, chain, verifier):
        append_as_it_is(owner, row)
    verifier.end()
    findings = tuple(f"rows {one.first} to {one.last}: {one.what}" for one in verifier.findings)
    if verifier.last.sequence == chain.begun:
        return replace(lost, findings=findings)
    return replace(lost, last=verifier.last.sequence, superseded=False, findings=findings)


def _checked(source: "Connection", chain: _Chain, verifier: Verifier) -> Iterator[Row]:
    for row in rows_after(source, chain.organisation_id, chain.begun):
        verifier.take(row)
        yield row


def _plain(carried: Carried) -> dict[str, Any]:
    rows = {"first": carried.first, "last": carried.last} if carried.first else None
    return {"superseded" if carried.superseded else "carried_over": rows, "findings": list(carried.findings)}


def _read(organisation: UUID, row: Row) -> Carried:
    after = json.loads(row.after or "{}")
    rows = after.get("superseded") or after.get("carried_over") or {"first": 0, "last": 0}
    return Carried(
        organisation_id=organisation, superseded="superseded" in after, findings=tuple(after["findings"]), **rows
    )
