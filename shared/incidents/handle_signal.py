"""Handles a signal once, however often and in whatever order it is delivered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from shared.incidents.from_signals import joined, noted, opened, recovered
from shared.incidents.model import Incident, Step
from shared.incidents.open_review import review_of_breach
from shared.incidents.rules import Rules
from shared.incidents.signals import SERVICE, Signal
from shared.incidents.source import Meaning, Source, judge
from shared.incidents.store import IncidentStore, Maintenance
from shared.platform.dynamodb import Overtaken, Write

ATTEMPTS: Final = 10
Found = TypeVar("Found")


def handle_signal(store: IncidentStore, rules: Rules, signal: Signal) -> str:
    """Record it and change what it changes; returns what came of it, for the log. Raises ``Overtaken`` when it is never
    its turn: deliver it again."""
    return again(lambda: _handle(store, rules, signal))


def again(attempt: Callable[[], Found]) -> Found:
    """Try anew, from what is stored then, as long as others are faster."""
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except Overtaken:
            continue
    return attempt()


def _handle(store: IncidentStore, rules: Rules, signal: Signal) -> str:
    if store.is_known(signal):
        return "repeated"
    source, meaning = judge(store.source(signal.source), signal)
    source, outcome, before, step = _effect(store, rules, signal, source, meaning)
    incident = step.incident.id if step else None
    writes: list[Write] = store.changes(before, step) if step else []
    store.hear(signal, source, outcome, [*writes, *review_of_breach(signal, rules, incident)], incident)
    return outcome


Effect = tuple[Source, str, Incident | None, Step | None]


def _effect(store: IncidentStore, rules: Rules, signal: Signal, source: Source, meaning: Meaning) -> Effect:
    """The source, what came of the signal, and the incident before and after it."""
    match meaning:
        case Meaning.RECOVERED:
            return _recovery(store, signal, source)
        case Meaning.FAILED | Meaning.OVERTAKEN:
            return _failure(store, rules, signal, source, meaning)
        case _:
            return source, meaning.value, None, None


def _recovery(store: IncidentStore, signal: Signal, source: Source) -> Effect:
    failed = source.failed_as
    incident = _last(store, failed.cause) if failed else None
    if incident is None or not incident.is_open or signal.source not in incident.failing:
        return source, Meaning.RECOVERED.value, None, None
    return source, Meaning.RECOVERED.value, incident, recovered(incident, signal)


def _failure(store: IncidentStore, rules: Rules, signal: Signal, source: Source, meaning: Meaning) -> Effect:
    last = _last(store, signal.cause)
    over = meaning is Meaning.OVERTAKEN
    if last is not None and last.is_open:
        joins = noted(last, signal) if over else joined(last, signal)
        return replace(source, suppressed=False), "joined", last, joins
    if last is not None and _speaks_of(signal, last, over=over):
        return replace(source, suppressed=False), "noted", last, noted(last, signal)
    if is_suppressed(signal, store.maintenances(signal.at), rules):
        return replace(source, suppressed=source.is_failing), "suppressed", None, None
    step = opened(signal, signal.at)
    if over and signal.holds:
        after = recovered(step.incident, source.last)
        step = Step(incident=after.incident, entries=(*step.entries, *after.entries), told=(*step.told, *after.told))
    return replace(source, suppressed=False), "opened", None, step


def _speaks_of(signal: Signal, last: Incident, *, over: bool) -> bool:
    """Whether it belongs to an incident that is over: it happened then, or its source looks back as far as that."""
    if last.resolved_at is None:
        return False
    if over and last.opened_at <= signal.at <= last.resolved_at:
        return True
    return signal.evidence.rank < last.rank and signal.at <= last.resolved_at + signal.evidence.lag


def is_suppressed(signal: Signal, maintenances: list[Maintenance], rules: Rules) -> bool:
    """Whether all that it concerns is under maintenance; what concerns the service as a whole concerns all components."""
    concerned = set(signal.components) or (set(rules.components) if signal.cause == SERVICE else set())
    covered = {component for one in maintenances for component in one.components or rules.components}
    return bool(concerned) and concerned <= covered


def open_suppressed(store: IncidentStore, rules: Rules, source: Source, now: datetime) -> str | None:
    """A source failed under a maintenance: once that has ended it opens the incident, if it still fails."""
    signal = source.last
    if is_suppressed(signal, store.maintenances(now), rules):
        return None
    last = _last(store, signal.cause)
    before = last if last is not None and last.is_open else None
    still = replace(signal, at=now, why=f"{signal.why} It began under a maintenance, and still fails after it.")
    step = joined(before, still) if before else opened(still, now)
    store.write([store.source_put(replace(source, suppressed=False)), *store.changes(before, step)])
    return step.incident.id


def _last(store: IncidentStore, cause: str) -> Incident | None:
    place = store.place(cause)
    return store.get(place.incident) if place else None
