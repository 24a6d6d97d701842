"""Incidents, sources and reviews as JSON text and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from shared.incidents.model import Entry, Failing, Incident
from shared.incidents.review import Action, Did, Review
from shared.incidents.signals import Evidence, Signal
from shared.incidents.source import Source

_TUPLES = ("causes", "components", "escalated", "settled")


def to_text(thing: Incident | Source | Review | Entry) -> str:
    return json.dumps(asdict(thing), default=_plain)


def incident_of(text: str) -> Incident:
    plain = json.loads(text)
    failing = {name: Failing(rank=one["rank"], components=tuple(one["components"]))
               for name, one in plain.pop("failing").items()}  # fmt: skip
    times = _moments(
        plain, "opened_at", "acknowledged_at", "monitoring_since", "resolved_at", "customers_since", "severity_since"
    )
    return Incident(**(plain | times | {name: tuple(plain[name]) for name in _TUPLES}), failing=failing)


def entry_of(text: str) -> Entry:
    plain = json.loads(text)
    named = plain.get("components")
    return Entry(**(plain | _moments(plain, "at") | {"components": None if named is None else tuple(named)}))


def source_of(text: str) -> Source:
    plain = json.loads(text)
    failed_as = plain.pop("failed_as")
    return Source(**(plain | {"last": _signal(plain["last"])}), failed_as=_signal(failed_as) if failed_as else None)


def review_of(text: str) -> Review:
    plain = json.loads(text)
    actions = tuple(Action(**(one | {"due": date.fromisoformat(one["due"])})) for one in plain.pop("actions"))
    history = tuple(Did(**(one | _moments(one, "at"))) for one in plain.pop("history"))
    times = _moments(plain, "opened_at", "closed_at", "reminded_at")
    due = date.fromisoformat(plain["due"])
    return Review(**(plain | times | {"due": due}), actions=actions, history=history)


def _signal(plain: dict[str, Any]) -> Signal:
    evidence = Evidence(rank=plain["evidence"]["rank"], lag=timedelta(seconds=plain["evidence"]["lag"]))
    patience = timedelta(seconds=plain["patience"])
    changed = {"evidence": evidence, "patience": patience, "components": tuple(plain["components"])}
    return Signal(**(plain | _moments(plain, "at", "since") | changed))


def _moments(plain: Mapping[str, Any], *names: str) -> dict[str, datetime | None]:
    """What older records lack is None."""
    return {name: datetime.fromisoformat(plain[name]) if plain.get(name) else None for name in names}


def _plain(value: object) -> str | float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):  # a datetime is one as well
        return value.isoformat()
    raise TypeError(f"{value!r} is not stored")
