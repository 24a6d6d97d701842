"""The hourly anchor: what was added to each chain is verified, and its head kept where nobody can change it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from shared.audit.anchors import Anchor, AnchorStore, digest
from shared.audit.chain import Finding, Head, Verifier
from shared.audit.store import heads, row_at, verify_rows
from shared.events.access import AuditAltered
from shared.platform.moments import stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shared.platform.postgres import Database

_ALL: Final = 2**62


class Safe(Protocol):
    """The bucket that keeps anchors: every object is there for good."""

    def last(self, now: datetime) -> bytes | None: ...
    def put(self, key: str, content: bytes) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Anchored:
    key: str
    chains: int
    verified: int
    findings: int


def anchor_audit(
    database: "Database",
    store: AnchorStore,
    safe: Safe,
    now: datetime,
    *,
    restore: str = "",
    superseded: "Collection[UUID]" = (),
) -> Anchored:
    """Verify what came after the last anchor, and write the next. Raises what PostgreSQL and AWS raise: then run it again.

    ``superseded`` are chains of which a promoted restore, ``restore``, has lost anchored rows: they are verified from their start.
    """
    content = safe.last(now)
    before = Anchor.from_bytes(content) if content else None
    known: Mapping[UUID, Head] = {
        organisation: head
        for organisation, head in (before.heads if before else {}).items()
        if organisation not in superseded
    }
    with database.transaction() as connection:
        found = dict(heads(connection))
    verifiers = [_verified(database, organisation, known.get(organisation)) for organisation in {*known, *found}]
    anchor = Anchor(at=now, heads=found, before=digest(content) if content else "", restore=restore)
    safe.put(anchor.key, anchor.to_bytes())
    for verifier in verifiers:
        if verifier.findings:
            store.tell(_altered(anchor, verifier))
    for organisation, head in found.items():
        if head != known.get(organisation):
            store.add(organisation, head, now)
    return Anchored(
        key=anchor.key, chains=len(found), verified=sum(one.taken for one in verifiers),
        findings=sum(len(one.findings) for one in verifiers),
    )  # fmt: skip


def _verified(database: "Database", organisation: UUID, anchored: Head | None) -> Verifier:
    """Read again from the anchored row on, itself included."""
    with database.transaction([organisation]) as connection:
        base = row_at(connection, organisation, anchored.sequence - 1) if anchored else None
        verifier = Verifier(organisation, [anchored] if anchored else [], base)
        verify_rows(connection, verifier, limit=_ALL)
    return verifier


def _altered(anchor: Anchor, verifier: Verifier) -> AuditAltered:
    return AuditAltered(
        id=f"audit-altered-{verifier.organisation_id}-{stamp(anchor.at)}",
        at=stamp(anchor.at),
        organisation=str(verifier.organisation_id),
        why="; ".join(map(_told, verifier.findings[:10])),
    )


def _told(finding: Finding) -> str:
    rows = f"row {finding.first}" if finding.first == finding.last else f"rows {finding.first} to {finding.last}"
    return f"{rows}: {finding.what}"
