"""In which line of a TOML text a value stands. ``tomllib`` forgets it; a person who mistyped wants to know."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

Path = tuple[str | int, ...]

_TABLE: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_.\"' -]+?)\s*=")
_QUOTES: Final = ('"""', "'''")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) of a value, or of the innermost table around it that has a line; 1 if there is none."""
    places = dict(_places(text))
    return next((places[tuple(path[:end])] for end in range(len(path), 0, -1) if tuple(path[:end]) in places), 1)


def _places(text: str) -> Iterator[tuple[Path, int]]:
    table: Path = ()
    arrays: dict[Path, int] = {}
    quote = ""
    for number, line in enumerate(text.splitlines(), 1):
        if quote:
            quote = "" if quote in line else quote
            continue
        quote = next((mark for mark in _QUOTES if line.count(mark) % 2), "")
        if header := _TABLE.match(line):
            table = _enter(_parts(header[2]), repeated=header[1] == "[[", arrays=arrays)
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, *_parts(key[1])), number


def _parts(name: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in name.split("."))


def _enter(names: Path, *, repeated: bool, arrays: dict[Path, int]) -> Path:
    """The path of a table, with the number of each element of an array of tables that it lies in."""
    path: Path = ()
    for name in names[:-1]:
        path = _numbered((*path, name), arrays)
    path = (*path, names[-1])
    if not repeated:
        return path
    arrays[path] = arrays.get(path, -1) + 1
    return _numbered(path, arrays)


def _numbered(path: Path, arrays: dict[Path, int]) -> Path:
    return (*path, arrays[path]) if path in arrays else path
