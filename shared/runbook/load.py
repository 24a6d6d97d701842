"""Reads ``shared/runbook.toml``. A wrong value is named with its place and its line."""

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from shared.runbook.lines import line_of
from shared.runbook.model import Runbook

FILE: Final = Path(__file__).parent.parent / "runbook.toml"


class WrongRunbook(ValueError):
    """Every fault of a runbook, one a line: ``runbook.toml:31: kpis.latency.target_ms: …``."""


def load(file: Path = FILE) -> Runbook:
    """Read and validate a runbook. Raises WrongRunbook."""
    return parse(file.read_text(encoding="utf-8"), file.name)


@cache
def the_runbook() -> Runbook:
    """The runbook of this deployment, read once."""
    return load()


def parse(text: str, name: str = "runbook.toml") -> Runbook:
    """Validate a runbook's text. Numbers stay exact: 99.9 is 999/10, not the nearest double. Raises WrongRunbook."""
    try:
        return Runbook.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise WrongRunbook(f"{name}: {error}") from error
    except ValidationError as error:
        raise WrongRunbook("\n".join(_faults(error, text, name))) from error


def _faults(error: ValidationError, text: str, name: str) -> list[str]:
    return sorted(_fault(fault["loc"], fault["msg"], text, name) for fault in error.errors())


def _fault(place: Sequence[str | int], message: str, text: str, name: str) -> str:
    message = message.removeprefix("Value error, ")
    inner, separator, rest = message.partition(": ")
    if separator and " " not in inner:  # a rule about several values names the one to change
        place = [*place, *(int(part) if part.isdigit() else part for part in inner.split("."))]
        message = rest
    if message == "Extra inputs are not permitted":
        message = "is not a key of the runbook"
    return f"{name}:{line_of(text, place)}: {'.'.join(map(str, place))}: {message}"
