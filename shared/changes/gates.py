"""The gates between a change and production. Each is open or closed, and says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

from shared.platform.moments import moment

Overridable = Literal["budget", "freeze", "incidents", "migrations"]
GateName = Literal["smoke", "load_snapshot"] | Overridable
OVERRIDABLE: Final = frozenset[str](get_args(Overridable))
"""What fails in the smoke test or the load snapshot is mended, not overridden."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """``run`` is the run that proved it, ``url`` where that is shown; empty for what is no proof."""

    name: GateName
    open: bool
    why: str
    run: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """How things stand. ``exhausted``: titles of KPIs of whose error budget nothing is left, or None when nobody knows;
    ``freezes`` and ``incidents``: titles of those that are on, of incidents the customer-impacting ones."""

    exhausted: Sequence[str] | None
    freezes: Sequence[str]
    incidents: Sequence[str]
    migrations_compatible: bool


def exhausted(latest: Mapping[str, Any] | None, now: datetime, within: timedelta) -> list[str] | None:
    """Titles of KPIs of whose error budget nothing is left, by the last evaluation; None where that is older than ``within``."""
    if latest is None or now - moment(latest["evaluated_at"]) > within:
        return None
    return [kpi["title"] for kpi in latest["kpis"] if kpi["budget"] and kpi["budget"]["exhausted"]]


def gates(facts: Facts) -> tuple[Gate, ...]:
    return (
        _budget(facts.exhausted),
        _none("freeze", facts.freezes, "No freeze is on"),
        _none("incidents", facts.incidents, "No customer-impacting incident is open"),
        Gate(
            name="migrations", open=facts.migrations_compatible,
            why="The release before it works on its schema" if facts.migrations_compatible
            else "The release before it does not work on its schema: it can't be rolled back",
        ),
    )  # fmt: skip


def _budget(exhausted: Sequence[str] | None) -> Gate:
    if exhausted is None:
        return Gate(name="budget", open=False, why="No KPI was evaluated of late: nobody knows what is left")
    if exhausted:
        return Gate(name="budget", open=False, why=f"Nothing is left of the error budget of {', '.join(exhausted)}")
    return Gate(name="budget", open=True, why="Every error budget has something left")


def _none(name: GateName, found: Sequence[str], otherwise: str) -> Gate:
    return Gate(name=name, open=not found, why="; ".join(found) or otherwise)
