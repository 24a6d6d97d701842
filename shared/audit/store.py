"""The audit trail in PostgreSQL. A transaction writes to, and reads, the chains of the organisations that it acts for."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pg8000.native import Connection

from shared.audit.chain import Entry, Head, Row, Verifier, to_text

_ROW: Final = (
    "organisation_id, sequence, id, at, actor, action, subject, before::text, after::text, reason, origin, request_id, "
    "previous, hash"
)
_NAMES: Final = tuple(name.removesuffix("::text") for name in _ROW.split(", "))
_AT_ONCE: Final = 1000
# An act that was done while PostgreSQL was not needed says itself when that was (pending.py); any other was done as it was written.
_DONE: Final = (
    r"(case when after ->> 'done_at' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$' "
    "then (after ->> 'done_at')::timestamptz else at end)"
)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which rows; None is any. ``since`` is included, ``until`` is not: of when the act was done."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def record(connection: Connection, entry: Entry) -> int:
    """Append to the entry's chain, in the transaction of the action; returns its sequence. Written twice, it is there once."""
    [[sequence]] = connection.run(
        "select p09_audit(:organisation_id, :id, :actor, :action, :subject, :before, :after, :reason, :origin, :request_id)",
        **asdict(entry) | {"before": to_text(entry.before), "after": to_text(entry.after)},
    )
    return int(sequence)


def page(
    connection: Connection, organisation_id: UUID, wanted: Filter, *, before: int | None = None, limit: int = 100
) -> list[Row]:
    """Rows in the order of their acts, newest first: those before the row of a sequence."""
    cursor = f"(select {_DONE}, sequence from audit where organisation_id = :organisation and sequence = :before)"
    return _rows(
        connection, organisation_id, wanted, before, limit, order=f"{_DONE} desc, sequence desc",
        place=f"coalesce(({_DONE}, sequence) < {cursor}, sequence < :before)",
    )  # fmt: skip


def chain(
    connection: Connection, organisation_id: UUID, wanted: Filter, *, before: int | None = None, limit: int = 100
) -> list[Row]:
    """Rows in the order of their chain, newest first, as it is verified: those before a sequence."""
    return _rows(connection, organisation_id, wanted, before, limit, order="sequence desc", place="sequence < :before")


def _rows(
    connection: Connection,
    organisation_id: UUID,
    wanted: Filter,
    before: int | None,
    limit: int,
    *,
    order: str,
    place: str,
) -> list[Row]:
    rows = connection.run(
        f"select {_ROW} from audit where organisation_id = :organisation "
        f"and (:before::bigint is null or {place}) "
        "and (:actor::text is null or actor = :actor) and (:action::text is null or action = :action) "
        "and (:subject::text is null or subject = :subject) "
        f"and (:since::timestamptz is null or {_DONE} >= :since) and (:until::timestamptz is null or {_DONE} < :until) "
        f"order by {order} limit :limit",
        organisation=organisation_id,
        before=before,
        limit=limit,
        **asdict(wanted),
    )
    return list(map(_row, rows))


def row_at(connection: Connection, organisation_id: UUID, sequence: int) -> Row | None:
    rows = connection.run(
        f"select {_ROW} from audit where organisation_id = :organisation and sequence = :sequence",
        organisation=organisation_id,
        sequence=sequence,
    )
    return _row(rows[0]) if rows else None


def row_of(connection: Connection, organisation_id: UUID, entry_id: UUID) -> Row | None:
    """The row of an entry."""
    rows = connection.run(
        f"select {_ROW} from audit where organisation_id = :organisation and id = :entry",
        organisation=organisation_id,
        entry=entry_id,
    )
    return _row(rows[0]) if rows else None


def rows_after(connection: Connection, organisation_id: UUID, sequence: int) -> Iterator[Row]:
    """All rows after a sequence, in their order."""
    while True:
        rows, _ = _next(connection, organisation_id, sequence, _AT_ONCE)
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        sequence = rows[-1].sequence


def append_as_it_is(connection: Connection, row: Row) -> None:
    """Put a row of another copy of this chain at its end, as the tables' owner: its hash follows the row before it there, too."""
    connection.run(
        f"insert into audit ({', '.join(_NAMES)}) values ({', '.join(map(_value, _NAMES))})",
        **vars(row),
    )
    connection.run(
        "insert into audit_heads values (:organisation, :sequence, :hash) on conflict (organisation_id) "
        "do update set sequence = excluded.sequence, hash = excluded.hash",
        organisation=row.organisation_id,
        sequence=row.sequence,
        hash=row.hash,
    )


def verify_rows(connection: Connection, verifier: Verifier, *, limit: int) -> bool:
    """Let a verifier follow its chain for at most ``limit`` rows; whether that was the end of it."""
    taken = 0
    while taken < limit:
        after, count = verifier.last.sequence, min(_AT_ONCE, limit - taken)
        rows, head = _next(connection, verifier.organisation_id, after, count)
        verifier.expect(head)
        for row in rows:
            verifier.take(row)
        taken += len(rows)
        if len(rows) < count:
            verifier.end()
            return True
    return False


def heads(connection: Connection) -> Iterator[tuple[UUID, Head]]:
    """The last row of every chain."""
    for organisation_id, sequence, digest in connection.run(
        "select organisation_id, sequence, hash from p09_audit_heads()"
    ):
        yield organisation_id, Head(sequence=sequence, hash=digest)


def chain_heads(connection: Connection) -> Iterator[tuple[UUID, Head]]:
    """As ``heads``, for who reads every row of the tables."""
    for organisation_id, sequence, digest in connection.run("select organisation_id, sequence, hash from audit_heads"):
        yield organisation_id, Head(sequence=sequence, hash=digest)


def _value(name: str) -> str:
    return f":{name}::json" if name in {"before", "after"} else f":{name}"


def _next(connection: Connection, organisation_id: UUID, after: int, count: int) -> tuple[list[Row], Head | None]:
    """Rows after a sequence, with the head as it was at that very moment."""
    rows = connection.run(
        f"select h.sequence, h.hash, r.* from (select 1) one left join audit_heads h on h.organisation_id = :organisation "
        f"left join lateral (select {_ROW} from audit where organisation_id = :organisation and sequence > :after "
        "order by sequence limit :count) r on true order by r.sequence",
        organisation=organisation_id,
        after=after,
        count=count,
    )
    sequence, digest, *_ = rows[0]
    head = None if sequence is None else Head(sequence=sequence, hash=digest)
    return [_row(columns) for _, _, *columns in rows if columns[0] is not None], head


def _row(columns: list[Any]) -> Row:
    return Row(**dict(zip(_NAMES, columns, strict=True)))
