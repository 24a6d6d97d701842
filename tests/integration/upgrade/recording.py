"""What a release says to PostgreSQL while it serves: recorded from its code, kept as data, so that it can be said again later.

A recording holds each call of each session in its order: the statement, its parameters, what was copied in, and how many rows
came back. One call is one line of the file.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from shared.platform.logins import SERVICES
from shared.platform.postgres import sqlstate

FOLDER: Final = Path(__file__).parent / "recorded"
ROLES: Final = SERVICES
FIRST_SITE: Final = 7_300_001
"""Ids of sites begin here while it is recorded: a number like this is such an id, wherever it stands."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """``made``: ids of sites in the answer, by row and column; ``refused``: the SQLSTATE of an error."""

    role: str
    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    copied: str | None = None
    rows: int | None = None
    made: tuple[tuple[int, int, int], ...] = ()
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """``version``: of the schema that the code was made for; ``at``: when it was recorded."""

    version: int
    at: datetime
    calls: tuple[Call, ...]

    def statements(self) -> set[tuple[str, str]]:
        return {(call.role, call.sql) for call in self.calls}

    def save(self, folder: Path = FOLDER) -> Path:
        head = {"version": self.version, "at": self.at.isoformat()}
        lines = [json.dumps(one) for one in (head, *map(_plain, self.calls))]
        file = folder / f"{self.version:04}.jsonl"
        file.write_text("\n".join(lines) + "\n")
        return file

    @classmethod
    def read(cls, version: int) -> "Recording":
        head, *calls = map(json.loads, (FOLDER / f"{version:04}.jsonl").read_text().splitlines())
        return cls(
            version=head["version"],
            at=datetime.fromisoformat(head["at"]),
            calls=tuple(_call(**one) for one in calls),
        )


def recorded_versions() -> list[int]:
    return sorted(int(file.stem) for file in FOLDER.glob("*.jsonl"))


@contextmanager
def recording() -> Iterator[list[Call]]:
    """Take down what the roles of the application say meanwhile, in any session."""
    calls: list[Call] = []
    run = Connection.run

    def listening(connection: Connection, sql: str, stream: Any = None, types: Any = None, **parameters: Any) -> Any:
        if connection.user.decode() not in ROLES:
            return run(connection, sql, stream, types, **parameters)
        said: dict[str, Any] = {"role": connection.user.decode(), "sql": sql, "parameters": parameters}
        if stream is not None:
            stream = list(stream)
            said["copied"] = b"".join(stream).decode()
        try:
            rows = run(connection, sql, stream, types, **parameters)
        except DatabaseError as error:
            calls.append(Call(**said, refused=sqlstate(error)))
            raise
        calls.append(Call(**said, rows=None if rows is None else len(rows), made=_made(rows)))
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "run", listening)
        yield calls


def _made(rows: Any) -> tuple[tuple[int, int, int], ...]:
    return tuple(
        (r, c, cell)
        for r, row in enumerate(rows or ())
        for c, cell in enumerate(row)
        if type(cell) is int and FIRST_SITE <= cell < FIRST_SITE + 1000
    )


def _plain(call: Call) -> dict[str, Any]:
    said = {
        "role": call.role, "sql": call.sql, "parameters": {name: _tagged(one) for name, one in call.parameters.items()},
        "copied": call.copied, "rows": call.rows, "made": call.made, "refused": call.refused,
    }  # fmt: skip
    return {name: one for name, one in said.items() if one not in (None, (), {}, "")}


def _call(made: list[list[int]] | None = None, parameters: Mapping[str, Any] | None = None, **said: Any) -> Call:
    found = {name: _untagged(one) for name, one in (parameters or {}).items()}
    return Call(parameters=found, made=tuple((r, c, cell) for r, c, cell in made or ()), **said)


def _tagged(value: Any) -> Any:  # noqa: PLR0911 -- one for each type
    if isinstance(value, list | tuple):
        return [_tagged(one) for one in value]
    match value:
        case UUID():
            return {"uuid": str(value)}
        case bytes():
            return {"bytes": value.hex()}
        case datetime():
            return {"datetime": value.astimezone(UTC).isoformat()}
        case date():
            return {"date": value.isoformat()}
        case timedelta():
            return {"seconds": value.total_seconds()}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{type(value).__name__} is no parameter that a recording knows: teach it")


def _untagged(value: Any) -> Any:  # noqa: PLR0911 -- one for each type
    match value:
        case list():
            return [_untagged(one) for one in value]
        case {"uuid": text}:
            return UUID(text)
        case {"bytes": text}:
            return bytes.fromhex(text)
        case {"datetime": text}:
            return datetime.fromisoformat(text)
        case {"seconds": seconds}:
            return timedelta(seconds=seconds)
        case {"date": text}:
            return date.fromisoformat(text)
    return value
