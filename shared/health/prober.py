"""Hysteresis: so many failures in a row are a failure, so many successes in a row its end.

What is unknown changes nothing. If a probe reaches nothing at all, that is the prober's failure, not everybody's: the
prober is a subject of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from shared.events.event import Event
from shared.events.health import ProbeFailed, ProbeRecovered
from shared.health.model import Outcome, Result, concerned, judge, reached_anything, why

Subject = Literal["service", "prober"]
SERVICE: Final[Subject] = "service"
PROBER: Final[Subject] = "prober"
MOST_WHY: Final = 2000  # letters of an event on the bus, which takes 256 KB in all


@dataclass(frozen=True, kw_only=True)
class Rules:
    """``components``: their checks by id."""

    failures: int
    successes: int
    components: Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a subject stands: well, or failing ``since`` a moment (text). ``count`` probes in a row say otherwise.

    ``components`` are those that were not well in the failures counted so far, and since.
    """

    since: str = ""
    count: int = 0
    components: tuple[str, ...] = ()

    @property
    def undecided(self) -> bool:
        return self.count > 0


@dataclass(frozen=True, kw_only=True)
class Standings:
    service: Standing = field(default_factory=Standing)
    prober: Standing = field(default_factory=Standing)

    @property
    def undecided(self) -> bool:
        return self.service.undecided or self.prober.undecided


def observe(standings: Standings, outcomes: Sequence[Outcome], rules: Rules, at: str) -> tuple[Standings, list[Event]]:
    """How both subjects stand after a probe, and what is to be told of it. ``at`` is the moment as text."""
    reached = reached_anything(outcomes)
    service = judge(outcomes) if reached else Result.UNKNOWN
    prober = Result.PASSED if reached else Result.FAILED
    if not reached and not any(one.result is Result.FAILED for one in outcomes):
        prober = Result.UNKNOWN
    said = why(outcomes)
    events: list[Event] = []
    found = {}
    for subject, result, parts in (
        (SERVICE, service, concerned(outcomes, rules.components)),
        (PROBER, prober, ()),
    ):
        before: Standing = getattr(standings, subject)
        after = _after(before, result, parts, rules, at)
        found[subject] = after
        events += _told(subject, before, after, said, at)
    return Standings(**found), events


def _after(before: Standing, result: Result, parts: tuple[str, ...], rules: Rules, at: str) -> Standing:
    match result, bool(before.since):
        case Result.PASSED, False:
            return Standing()
        case Result.PASSED, True:
            return Standing() if before.count + 1 >= rules.successes else replace(before, count=before.count + 1)
        case Result.FAILED, failing:
            known = tuple(name for name in rules.components if name in {*before.components, *parts})
            if failing:
                return replace(before, count=0, components=known)
            if before.count + 1 >= rules.failures:
                return Standing(since=at, components=known)
            return Standing(count=before.count + 1, components=known)
        case _:
            return before


def _told(subject: Subject, before: Standing, after: Standing, said: str, at: str) -> list[Event]:
    """The ids are the same whoever tells it: an episode is known by its beginning, what it concerns by its components."""
    if before.since and not after.since:
        text = f"The checks pass again; since {before.since} they did not."
        return [
            ProbeRecovered(
                id=f"ProbeRecovered-{subject}-{before.since}", at=at, subject=subject,
                components=list(before.components), why=text,
            )
        ]  # fmt: skip
    if after.since and (not before.since or after.components != before.components):
        parts = "+".join(after.components)
        text = said if subject == SERVICE else f"The prober reaches nothing at all, so nothing is known. {said}"
        return [
            ProbeFailed(
                id=f"ProbeFailed-{subject}-{after.since}-{parts}", at=at, subject=subject,
                components=list(after.components), why=text[:MOST_WHY],
            )
        ]  # fmt: skip
    return []
