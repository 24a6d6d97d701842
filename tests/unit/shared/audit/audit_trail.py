"""Chains of audit rows, and everything that somebody with full rights on the table could do to one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from shared.audit.chain import GENESIS, Head, Row, hash_of

ORGANISATION = UUID(int=7)
BEGAN = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Altered:
    """Rows as they are now, and one that was touched: a finding has to hold it."""

    rows: list[Row]
    touched: int
    how: str


def link(row: Row, previous: bytes) -> Row:
    """A row as the database would have written it there."""
    row = replace(row, previous=previous)
    return replace(row, hash=hash_of(row))


def relink(rows: list[Row]) -> list[Row]:
    """Numbers and hashes made anew: what a careful forger does."""
    linked: list[Row] = []
    for sequence, row in enumerate(rows, 1):
        linked.append(link(replace(row, sequence=sequence), linked[-1].hash if linked else GENESIS))
    return linked


def chain(random: Random, length: int) -> list[Row]:
    return relink([some_row(random, sequence) for sequence in range(1, length + 1)])


def some_row(random: Random, sequence: int) -> Row:
    return Row(
        organisation_id=ORGANISATION,
        sequence=sequence,
        id=UUID(int=random.getrandbits(128)),
        at=BEGAN + timedelta(seconds=sequence, microseconds=random.randrange(1_000_000)),
        actor=random.choice(["person:ada", "person:bö", "function:rotation"]),
        action=random.choice(["site.create", "key.revoke"]),
        subject=f"site/{random.randrange(9)}",
        before=random.choice([None, '{"name":"a"}']),
        after=random.choice([None, '{"name":"b"}']),
        reason=random.choice([None, "asked for", "drill"]),
        origin="203.0.113.9",
        request_id=f"{random.getrandbits(32):x}",
        previous=GENESIS,
        hash=GENESIS,
    )


def head_of(rows: list[Row]) -> Head:
    return Head(sequence=rows[-1].sequence, hash=rows[-1].hash)


def edited(random: Random, row: Row) -> Row:
    """A row with one field changed."""
    changes: list[dict[str, object]] = [
        {"actor": row.actor + "x"},
        {"action": "site.delete"},
        {"subject": row.subject[:-1]},
        {"before": None if row.before else "{}"},
        {"after": '{"name":"c"}'},
        {"reason": "" if row.reason is None else None},
        {"origin": "203.0.113.8"},
        {"request_id": row.request_id + "0"},
        {"at": row.at + timedelta(microseconds=random.choice([-1, 1, 10**9]))},
        {"id": UUID(int=random.getrandbits(128))},
        {"actor": row.actor + row.action[0], "action": row.action[1:]},
        {"hash": random.randbytes(32)},
        {"previous": random.randbytes(32)},
    ]
    return replace(row, **random.choice(changes))  # type: ignore[arg-type]  # any field may be altered


def edit(random: Random, rows: list[Row]) -> Altered:
    at = random.randrange(len(rows))
    return Altered([*rows[:at], edited(random, rows[at]), *rows[at + 1 :]], at + 1, "edit")


def edit_with_hash(random: Random, rows: list[Row]) -> Altered:
    at = random.randrange(len(rows))
    forged = link(edited(random, rows[at]), rows[at].previous)
    return Altered([*rows[:at], forged, *rows[at + 1 :]], at + 1, "edit with hash")


def edit_and_relink(random: Random, rows: list[Row]) -> Altered:
    found = edit(random, rows)
    return Altered(relink(found.rows), found.touched, "edit, all hashes made anew")


def delete(random: Random, rows: list[Row]) -> Altered:
    at = random.randrange(len(rows))
    return Altered([*rows[:at], *rows[at + 1 :]], at + 1, "delete")


def delete_and_renumber(random: Random, rows: list[Row]) -> Altered:
    at = random.randrange(len(rows))
    moved = [replace(row, sequence=row.sequence - 1) for row in rows[at + 1 :]]
    return Altered([*rows[:at], *moved], at + 1, "delete, later rows moved up")


def delete_and_relink(random: Random, rows: list[Row]) -> Altered:
    found = delete(random, rows)
    return Altered(relink(found.rows), found.touched, "delete, all hashes made anew")


def truncate(random: Random, rows: list[Row]) -> Altered:
    kept = random.randrange(len(rows))
    return Altered(rows[:kept], kept + 1, "truncate")


def exchange(random: Random, rows: list[Row]) -> Altered:
    """Contents of two rows change places, their numbers do not."""
    if len(rows) < 2:
        return edit(random, rows)
    first, second = sorted(random.sample(range(len(rows)), 2))
    now = list(rows)
    now[first] = replace(rows[second], sequence=first + 1)
    now[second] = replace(rows[first], sequence=second + 1)
    return Altered(now, first + 1, "exchange")


def reorder(random: Random, rows: list[Row]) -> Altered:
    if len(rows) < 2:
        return edit(random, rows)
    first, second = sorted(random.sample(range(len(rows)), 2))
    now = list(rows)
    now[first], now[second] = rows[second], rows[first]
    return Altered(now, first + 1, "reorder")


def reorder_and_relink(random: Random, rows: list[Row]) -> Altered:
    found = reorder(random, rows)
    return Altered(relink(found.rows), found.touched, f"{found.how}, all hashes made anew")


def insert(random: Random, rows: list[Row]) -> Altered:
    at = random.randrange(len(rows) + 1)
    forged = link(some_row(random, at + 1), rows[at - 1].hash if at else GENESIS)
    moved = [replace(row, sequence=row.sequence + 1) for row in rows[at:]]
    return Altered([*rows[:at], forged, *moved], at + 1, "insert, later rows moved down")


def insert_twice(random: Random, rows: list[Row]) -> Altered:
    at = random.randrange(len(rows))
    return Altered([*rows[: at + 1], rows[at], *rows[at + 1 :]], at + 1, "the same row twice")


def insert_and_relink(random: Random, rows: list[Row]) -> Altered:
    found = insert(random, rows)
    return Altered(relink(found.rows), found.touched, "insert, all hashes made anew")


ALTERATIONS: tuple[Callable[[Random, list[Row]], Altered], ...] = (
    edit,
    edit_with_hash,
    edit_and_relink,
    delete,
    delete_and_renumber,
    delete_and_relink,
    truncate,
    exchange,
    reorder,
    reorder_and_relink,
    insert,
    insert_twice,
    insert_and_relink,
)
