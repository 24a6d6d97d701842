"""Handles a signal once, however often and in whatever order it is delivered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from shared.incidents.from_signals import joined, noted, opened, recovered
from shared.incidents.model import Incident, Step
from shared.incidents.open_review import with_review_of_breach
from shared.incidents.rules import Rules
from shared.incidents.signals import Signal
from shared.incidents.source import Meaning, Source, judge
from shared.incidents.store import IncidentStore
from shared.incidents.suppression import MaintenancesAt, is_suppressed
from shared.platform.aws.dynamodb import Overtaken, Write
from shared.platform.moments import stamp

ATTEMPTS: Final = 10
Found = TypeVar("Found")


def handle_signal(store: IncidentStore, rules: Rules, planned: MaintenancesAt, signal: Signal) -> str:
    """Record it and change what it changes; returns what came of it, for the log. Raises ``Overtaken`` when it is never
    its turn: deliver it again."""
    return again(lambda: _handle(store, rules, planned, signal))


def again(attempt: Callable[[], Found]) -> Found:
    """Try anew, from what is stored then, as long as others are faster."""
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except Overtaken:
            continue
    return attempt()


def _handle(store: IncidentStore, rules: Rules, planned: MaintenancesAt, signal: Signal) -> str:
    if store.is_known(signal):
        return "repeated"
    source, meaning = judge(store.source(signal.source), signal)
    source, outcome, before, step = _effect(store, rules, planned, signal, source, meaning)
    step, review = with_review_of_breach(signal, rules, step, _last(store, signal.cause) if signal.breach else None)
    writes: list[Write] = store.changes(before, step) if step else []
    store.hear(signal, source, outcome, [*writes, *review], step.incident.id if step else None)
    return outcome


Effect = tuple[Source, str, Incident | None, Step | None]


def _effect(
    store: IncidentStore, rules: Rules, planned: MaintenancesAt, signal: Signal, source: Source, meaning: Meaning
) -> Effect:
    """The source, what came of the signal, and the incident before and after it."""
    match meaning:
        case Meaning.RECOVERED:
            return _recovery(store, signal, source)
        case Meaning.FAILED | Meaning.OVERTAKEN:
            return _failure(store, rules, planned, signal, source, meaning)
        case _:
            return source, meaning.value, None, None


def _recovery(store: IncidentStore, signal: Signal, source: Source) -> Effect:
    failed = source.failed_as
    incident = _last(store, failed.cause) if failed else None
    if incident is None or not incident.is_open or signal.source not in incident.failing:
        return source, Meaning.RECOVERED.value, None, None
    return source, Meaning.RECOVERED.value, incident, recovered(incident, signal)


def _failure(
    store: IncidentStore, rules: Rules, planned: MaintenancesAt, signal: Signal, source: Source, meaning: Meaning
) -> Effect:
    over = meaning is Meaning.OVERTAKEN
    free = replace(source, held=False)
    if found := _of_the_last(store, signal, over=over):
        return free, *found
    why_not = _held_by(rules, planned, signal, signal.at)
    if why_not:
        return replace(source, held=source.is_failing), why_not, None, None
    step = opened(signal, signal.at)
    return free, "opened", None, _ended(step, source.last) if over and signal.holds else step


def _of_the_last(store: IncidentStore, signal: Signal, *, over: bool = False) -> tuple[str, Incident, Step] | None:
    """What it adds to the last incident of its cause: one that is open, or one that it still speaks of."""
    last = _last(store, signal.cause)
    if last is None or not (last.is_open or _speaks_of(signal, last, over=over)):
        return None
    if last.is_open and not over:
        return "joined", last, joined(last, signal)
    return "joined" if last.is_open else "noted", last, noted(last, signal)


def _ended(step: Step, recovery: Signal) -> Step:
    """Opened by a failure whose recovery is known already."""
    after = recovered(step.incident, recovery)
    return replace(after, entries=(*step.entries, *after.entries), told=(*step.told, *after.told))


def _speaks_of(signal: Signal, last: Incident, *, over: bool) -> bool:
    """Whether it belongs to an incident that is over: it happened then, or its source looks back as far as that."""
    if last.resolved_at is None:
        return False
    if over and last.opened_at <= signal.at <= last.resolved_at:
        return True
    return signal.evidence.rank < last.rank and signal.at <= last.resolved_at + signal.evidence.lag


def _held_by(rules: Rules, planned: MaintenancesAt, signal: Signal, now: datetime) -> str | None:
    """What keeps it from opening an incident now."""
    if is_suppressed(signal, planned(now), rules):
        return "suppressed"
    return "waiting" if now < signal.at + signal.patience else None


def open_held(store: IncidentStore, rules: Rules, planned: MaintenancesAt, source: Source, now: datetime) -> str | None:
    """A source fails that was held back: once nothing holds it any more it opens the incident, or adds to one."""
    signal = source.last
    if _held_by(rules, planned, signal, now):
        return None
    still = replace(signal, at=now, why=f"{signal.why} It has failed since {stamp(signal.at)}.")
    _, before, step = _of_the_last(store, still) or ("opened", None, opened(still, now))
    store.write([store.source_put(replace(source, held=False)), *store.changes(before, step)])
    return step.incident.id


def _last(store: IncidentStore, cause: str) -> Incident | None:
    place = store.place(cause)
    return store.get(place.incident) if place else None
