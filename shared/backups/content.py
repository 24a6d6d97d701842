"""What a database holds, so that two can be compared: a count and order-independent checksums of each table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class TableContent:
    """``first`` and ``second`` are sums of two independent 64-bit hashes of each row's text, as decimal digits."""

    rows: int
    first: str
    second: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """``invalid`` names constraints and indexes that hold for new rows alone, or for none."""

    tables: Mapping[str, TableContent]
    migrations: int
    invalid: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        return {
            "tables": {name: asdict(one) for name, one in self.tables.items()},
            "migrations": self.migrations,
            "invalid": list(self.invalid),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        tables = {name: TableContent(**one) for name, one in plain["tables"].items()}
        return cls(tables=tables, migrations=int(plain["migrations"]), invalid=tuple(plain["invalid"]))

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables.values())


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment (a whole second) at which a database's content is known, between two transactions.

    ``stalled_ms`` is for how long writers had to wait for it.
    """

    id: str
    at: datetime
    sentinel: str
    sentinel_at: datetime
    after: str
    content: Content
    stalled_ms: int

    def plain(self) -> dict[str, Any]:
        return {
            "id": self.id, "at": self.at.isoformat(), "sentinel": self.sentinel, "after": self.after,
            "sentinel_at": self.sentinel_at.isoformat(), "stalled_ms": self.stalled_ms, "content": self.content.plain(),
        }  # fmt: skip

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        moments = {name: datetime.fromisoformat(plain[name]) for name in ("at", "sentinel_at")}
        return cls(**{**plain, **moments, "content": Content.of(plain["content"])})


def differences(mark: Mark, restored: Content, sentinels: Sequence[str]) -> tuple[str, ...]:
    """A sentence for everything in which a restored database is not its source at the mark; empty: it is the same."""
    return (*_sentinels(mark, sentinels), *_tables(mark.content, restored), *_schema(mark.content, restored))


def _sentinels(mark: Mark, found: Sequence[str]) -> Iterator[str]:
    if mark.sentinel not in found:
        yield (
            f"The sentinel row {mark.sentinel}, written after the base backup, is not there: "
            "the write-ahead log was not replayed up to the moment."
        )
    if mark.after in found:
        yield f"The row {mark.after} is there, which was written after the moment: the replay went too far."


def _tables(source: Content, restored: Content) -> Iterator[str]:
    for name in sorted(source.tables.keys() | restored.tables.keys()):
        was, found = source.tables.get(name), restored.tables.get(name)
        if found is None:
            yield f"Table {name} is missing."
        elif was is None:
            yield f"Table {name} is there, and was not at that moment."
        elif was.rows != found.rows:
            yield f"Table {name} has {found.rows:,} rows; it had {was.rows:,}."
        elif was != found:
            yield f"Table {name} has as many rows, but other content: its checksums differ."


def _schema(source: Content, restored: Content) -> Iterator[str]:
    if source.migrations != restored.migrations:
        yield f"The schema is at migration {restored.migrations}; it was at {source.migrations}."
    for name in restored.invalid:
        yield f"{name} is not valid."
