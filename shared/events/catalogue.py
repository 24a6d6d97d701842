"""Every event that there is, by its detail-type. Who tells of one subject alone imports that subject's module."""

import json
from collections.abc import Iterator
from dataclasses import fields
from types import ModuleType
from typing import Any, Final

from shared.events import (
    access,
    backups,
    calendar,
    communication,
    deployments,
    health,
    incidents,
    ingestion,
    kpi,
    runbook,
)
from shared.events.event import Event

_SUBJECTS: Final = (
    ingestion, kpi, runbook, health, incidents, calendar, communication, backups, deployments, access,
)  # fmt: skip


class UnknownEvent(ValueError):
    """A detail-type that the catalogue lacks, or a detail that is not of its model."""


def _models(subject: ModuleType) -> Iterator[type[Event]]:
    """Those that a subject's module defines; the ones with an underscore are what several have in common."""
    for name, found in vars(subject).items():
        if isinstance(found, type) and found.__module__ == subject.__name__ and not name.startswith("_"):
            yield found


CATALOGUE: Final[dict[str, type[Event]]] = {
    model.__name__: model for subject in _SUBJECTS for model in _models(subject)
}


def read(detail_type: str, detail: dict[str, Any] | str) -> Event:
    """The event of a detail as it came over the bus. Raises UnknownEvent."""
    if (model := CATALOGUE.get(detail_type)) is None:
        raise UnknownEvent(f"{detail_type} is not in the catalogue: {', '.join(CATALOGUE)}")
    try:
        content = json.loads(detail) if isinstance(detail, str) else detail
    except json.JSONDecodeError as error:
        raise UnknownEvent(f"{detail_type} has a detail that is no JSON: {error}") from error
    names = {field.name for field in fields(model)}
    if not isinstance(content, dict) or names != set(content):
        raise UnknownEvent(f"{detail_type} has the fields {sorted(names)}, not {content!r:.200}")
    return model(**content)
