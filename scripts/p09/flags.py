"""Refusals of the API in the words of the command line: it speaks of fields, and people type options."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

# A field of one word reads as a word: nothing has to be typed otherwise.
_FIELD: Final = re.compile(r"(?<![\w/.-])[a-z]+(?:_[a-z]+)+(?![\w/(-])")


class Command(Protocol):
    """Of Click, which typer has in itself. A group has ``commands``."""

    name: str | None
    help: str | None

    @property
    def params(self) -> Sequence[Any]: ...


def in_flags(text: str, root: Command) -> str:
    """``although_failing`` becomes ``--although-failing``, where a command has that option."""
    flags = options(root)
    return _FIELD.sub(lambda found: flags.get(found[0], found[0]), text)


def options(root: Command) -> Mapping[str, str]:
    """Of every command: by the field's name, how it is typed."""
    return {
        parameter.name: parameter.opts[0]
        for command in commands(root)
        for parameter in command.params
        if parameter.name and parameter.opts[0].startswith("--")
    }


def commands(
    root: Command,
) -> Iterator[Command]:
    yield root
    for command in getattr(root, "commands", {}).values():
        yield from commands(command)
