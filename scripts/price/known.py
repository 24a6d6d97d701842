"""Whether everything in the templates was looked at: a type or a property that nobody has judged may cost money."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from scripts.price.templates import Resource, Templates

_TYPES: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("types.toml").read_text())
FREE: Final = frozenset(_TYPES["free"])
LOOKED_AT: Final[dict[str, frozenset[str]]] = {kind: frozenset(names) for kind, names in _TYPES["looked_at"].items()}


def unknown(templates: Templates) -> list[str]:
    """Types, and properties of types that can cost money, on which nobody has put a price; each once."""
    return sorted({what for resource in templates.resources for what in _unknown(resource)})


def _unknown(resource: Resource) -> Iterator[str]:
    if resource.type in FREE:
        return
    if resource.type not in LOOKED_AT:
        yield resource.type
        return
    known = LOOKED_AT[resource.type]
    for name in _names(resource.properties, known):
        if name not in known:
            yield f"{resource.type} {name}"


def _names(properties: dict[str, Any], known: frozenset[str]) -> Iterator[str]:
    """Names of properties; those in another where the list names them so."""
    outer = {name.partition(".")[0] for name in known if "." in name}
    for name, value in properties.items():
        if name in outer and isinstance(value, dict):
            yield from (f"{name}.{inner}" for inner in value)
        else:
            yield name
