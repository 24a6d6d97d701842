"""A probe: look, and while it is open whether that is a failure or its end, look again soon instead of in a minute."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.health.model import Outcome, Result, judge, reached_anything
from shared.health.prober import Rules, observe
from shared.health.store import ProbeStore
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.moments import stamp

Look = Callable[[str], Sequence[Outcome]]
"""Makes every check; takes a name for this look, which no other has."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """``look``: how long one may take at most; ``remaining``: how long all of them may; ``again``: the wait between."""

    again: timedelta
    look: timedelta
    remaining: timedelta


@dataclass(frozen=True, kw_only=True)
class Probed:
    """``result`` is that of the first look, which was taken at its time whatever had been found before: those are counted.

    None: there was no look, because this occasion had its own, or another is under way.
    """

    result: Result | None
    at: datetime
    looks: int = 0
    told: tuple[str, ...] = ()
    outcomes: Sequence[Outcome] = ()


@dataclass(frozen=True, kw_only=True)
class Steady:
    """The last of so many looks."""

    looks: int
    outcomes: Sequence[Outcome]


def probe(
    store: ProbeStore,
    look: Look,
    rules: Rules,
    pace: Pace,
    occasion: str,
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], object],
) -> Probed:
    """Look once for each ``occasion``, however often it is delivered, and as often as it takes to decide.

    Raises
    ------
    AwsUnavailable, AwsRefused
        the prober's memory can't be read or written: nothing was told
    """
    started = clock()
    memory = store.read()
    if memory.ran == occasion or (memory.busy_until is not None and started < memory.busy_until):
        return Probed(result=None, at=started)
    probed = Probed(result=None, at=started)
    try:
        memory = store.write(replace(memory, ran=occasion, busy_until=started + pace.look), (), (), started)
        while True:
            outcomes = look(f"probe-{occasion}-{probed.looks + 1}")
            now = clock()
            standings, events = observe(memory.standings, outcomes, rules, stamp(now))
            moved = standings != memory.standings
            goes_on = moved and standings.undecided and now + pace.again + pace.look < started + pace.remaining
            busy_until = now + pace.again + pace.look if goes_on else None
            memory = store.write(replace(memory, standings=standings, busy_until=busy_until), outcomes, events, now)
            probed = Probed(
                result=probed.result or _result(outcomes), at=started, looks=probed.looks + 1, outcomes=outcomes,
                told=(*probed.told, *(str(event.detail["id"]) for event in events)),
            )  # fmt: skip
            if not goes_on:
                return probed
            sleep(pace.again.total_seconds())
    except Overtaken:  # another took this one for dead; it counts from here on
        return probed


def steadily(look: Look, run: str, times: int, again: timedelta, sleep: Callable[[float], object]) -> Steady:
    """Look so many times; the first look that did not pass ends it, so that what flaps does not pass by luck."""
    for number in range(1, times + 1):
        outcomes = look(f"{run}-{number}")
        if number == times or judge(outcomes) is not Result.PASSED:
            return Steady(looks=number, outcomes=outcomes)
        sleep(again.total_seconds())
    raise ValueError("it takes one look at least")


def _result(outcomes: Sequence[Outcome]) -> Result:
    """What reached nothing knows nothing of the service."""
    return judge(outcomes) if reached_anything(outcomes) else Result.UNKNOWN
