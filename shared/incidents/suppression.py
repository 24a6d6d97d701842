"""A failure that a planned maintenance covers opens no incident."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.incidents.rules import Rules
from shared.incidents.signals import SERVICE, Signal


@dataclass(frozen=True, kw_only=True)
class Maintenance:
    """Of these components; of all of them when it names none."""

    components: frozenset[str]


MaintenancesAt = Callable[[datetime], Sequence[Maintenance]]
"""Reads the maintenances that are on at a moment."""


def is_suppressed(signal: Signal, maintenances: Sequence[Maintenance], rules: Rules) -> bool:
    """Whether all that it concerns is under maintenance; what concerns the service as a whole concerns all components."""
    concerned = set(signal.components) or (set(rules.components) if signal.cause == SERVICE else set())
    covered = {component for one in maintenances for component in one.components or rules.components}
    return bool(concerned) and concerned <= covered
