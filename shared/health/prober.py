"""Hysteresis: so many failures in a row are a failure, so many successes in a row its end.

Each component is counted for itself. What is unknown changes nothing. If a probe reaches nothing at all, that is the
prober's failure, not everybody's: the prober is counted for itself, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from shared.events.event import Event
from shared.events.health import ProbeFailed, ProbeRecovered
from shared.health.model import Outcome, Result, judge, reached_anything, why

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
    """A component, or the prober: healthy, or failing ``since`` the look that decided it (text), which was not the ``first``
    that failed. ``count`` looks in a row say otherwise."""

    since: str = ""
    first: str = ""
    count: int = 0

    @property
    def undecided(self) -> bool:
        return self.count > 0


@dataclass(frozen=True, kw_only=True)
class Standings:
    components: Mapping[str, Standing] = field(default_factory=dict)
    prober: Standing = field(default_factory=Standing)

    @property
    def undecided(self) -> bool:
        return any(one.undecided for one in (*self.components.values(), self.prober))

    @property
    def failing(self) -> Mapping[str, Standing]:
        """The components that fail."""
        return {name: one for name, one in self.components.items() if one.since}


def observe(standings: Standings, outcomes: Sequence[Outcome], rules: Rules, at: str) -> tuple[Standings, list[Event]]:
    """How everything stands after a probe, and what is to be told of it. ``at`` is the moment as text."""
    reached = reached_anything(outcomes)
    prober = Result.PASSED if reached else Result.FAILED
    if not reached and not any(one.result is Result.FAILED for one in outcomes):
        prober = Result.UNKNOWN
    after = Standings(
        components={
            name: _after(
                standings.components.get(name, Standing()), _judged(outcomes, checks, reached=reached), rules, at
            )
            for name, checks in rules.components.items()
        },
        prober=_after(standings.prober, prober, rules, at),
    )
    said = why(outcomes)
    lost = f"The prober reaches nothing at all, so nothing is known. {said}"
    return after, [
        *_told(SERVICE, standings.failing, after.failing, said, at),
        *_told(PROBER, _alone(standings.prober), _alone(after.prober), lost, at),
    ]


def _judged(outcomes: Sequence[Outcome], checks: Sequence[str], *, reached: bool) -> Result:
    return judge(one for one in outcomes if one.check in checks) if reached else Result.UNKNOWN


def _after(before: Standing, result: Result, rules: Rules, at: str) -> Standing:
    match result, bool(before.since):
        case Result.PASSED, False:
            return Standing()
        case Result.PASSED, True:
            return Standing() if before.count + 1 >= rules.successes else replace(before, count=before.count + 1)
        case Result.FAILED, True:
            return replace(before, count=0)
        case Result.FAILED, False:
            first = before.first or at
            if before.count + 1 >= rules.failures:
                return Standing(since=at, first=first)
            return Standing(first=first, count=before.count + 1)
        case _:
            return before


def _alone(prober: Standing) -> Mapping[str, Standing]:
    return {"": prober} if prober.since else {}


def _told(
    subject: Subject, before: Mapping[str, Standing], after: Mapping[str, Standing], said: str, at: str
) -> list[Event]:
    """What fails, told again whenever that changes. The ids are the same for every teller of the same look."""
    if before and not after:
        since = min(one.first for one in before.values())
        return [
            ProbeRecovered(
                id=f"ProbeRecovered-{subject}-{at}", at=at, subject=subject, components=_named(before), since=since,
                why=f"The checks pass again; since {since} they did not.",
            )
        ]  # fmt: skip
    if after and after.keys() != before.keys():
        return [
            ProbeFailed(
                id=f"ProbeFailed-{subject}-{at}-{'+'.join(_named(after))}", at=at, subject=subject,
                components=_named(after), since=min(one.first for one in after.values()), why=said[:MOST_WHY],
            )
        ]  # fmt: skip
    return []


def _named(standings: Mapping[str, Standing]) -> list[str]:
    return [name for name in standings if name]
