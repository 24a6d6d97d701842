"""An hour of chaos, minute by minute, from a seed: what clients saw, and who was away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, Literal, get_args

from shared.kpi.timeline import Span

Kind = Literal["errors", "slowness", "long routes are slow", "kill of the API", "few requests", "silence"]

_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
START: Final = datetime(2026, 11, 2, 10, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
SLICE: Final = timedelta(minutes=5)
SCRAPE: Final = timedelta(seconds=30)
BEFORE, CHAOS, AFTER = 60, 60, 65  # minutes
# On both sides of each limit, and on it: 1% of errors, 5% of slow ones.
_SHARES: Final = (0.002, 0.01, 0.011, 0.03, 0.05, 0.051, 0.3, 0.9)


@dataclass(frozen=True)
class Minute:
    """Requests of a minute; ``slow`` ones took half a second, ``long`` ones were to long routes. None was seen if ``silent``."""

    requests: int
    errors: int = 0
    slow: int = 0
    long: int = 0
    long_slow: int = 0
    silent: bool = False


@dataclass(frozen=True)
class World:
    """``away`` are spans without a scrape, ``crashed`` slices whose evaluation dies at a call and is repeated."""

    minutes: tuple[Minute, ...]
    away: tuple[Span, ...]
    crashed: Mapping[int, int]
    delays: tuple[timedelta, ...]
    maintenances: tuple[Span, ...] = ()
    story: tuple[str, ...] = field(default=())

    @property
    def slices(self) -> int:
        return len(self.minutes) * MINUTE // SLICE

    def counted(self, number: int) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """What the edge counts in each minute of a slice that somebody measured."""
        length = SLICE // MINUTE
        for minute in range(number * length, (number + 1) * length):
            if not (one := self.minutes[minute]).silent:
                yield START + minute * MINUTE, {
                    "requests": one.requests, "errors": one.errors,
                    "latencies": {100: one.requests - one.long - one.slow, 500: one.slow},
                    "long": one.long, "long_slow": one.long_slow,
                }  # fmt: skip

    def scrapes(self) -> Iterator[datetime]:
        """Moments at which /metrics answered."""
        at, end = START - SLICE, START + len(self.minutes) * MINUTE + SLICE
        while at <= end:
            if not any(span.start <= at < span.end for span in self.away):
                yield at
            at += SCRAPE


def play(seed: int, *, maintenance: bool = False) -> World:
    """An hour of quiet, one of chaos, one after it. It begins with an outage, so that something is found in each."""
    random = Random(seed)
    usual = random.randrange(80, 400)
    minutes = [Minute(usual, long=usual // 10) for _ in range(BEFORE + CHAOS + AFTER)]
    story, away = list[str](), list[Span]()
    minutes[BEFORE + 2 : BEFORE + 9] = [_struck(one, "errors", 0.6) for one in minutes[BEFORE + 2 : BEFORE + 9]]
    for kind in (*_KINDS, *random.choices(_KINDS, k=3)):
        begin = BEFORE + 10 + random.randrange(CHAOS - 10)
        length = {"silence": random.randrange(15, 30), "kill of the API": 2}.get(kind, random.randrange(2, 25))
        share = random.choice(_SHARES)
        end = min(begin + length, BEFORE + CHAOS)
        story.append(f"{kind} from minute {begin} to {end}, {share:.1%}")
        for number in range(begin, end):
            minutes[number] = _struck(minutes[number], kind, share)
        if kind == "kill of the API":
            away.append(_within_a_slice(START + begin * MINUTE, random))
    away += [_within_a_slice(START + random.randrange(len(minutes)) * MINUTE, random) for _ in range(3)]
    slices = len(minutes) * MINUTE // SLICE
    planned = Span(START + 83 * MINUTE, START + 97 * MINUTE)
    return World(
        minutes=tuple(minutes),
        away=tuple(away),
        crashed={number: random.randrange(15) for number in random.sample(range(slices), 6)},
        delays=tuple(timedelta(seconds=60 + random.randrange(20)) for _ in range(slices)),
        maintenances=(planned,) if maintenance else (),
        story=tuple(story),
    )


def _struck(minute: Minute, kind: Kind, share: float) -> Minute:
    timed = minute.requests - minute.long
    match kind:
        case "errors":
            return replace(minute, errors=max(minute.errors, round(share * minute.requests)))
        case "slowness":
            return replace(minute, slow=max(minute.slow, round(share * timed)))
        case "long routes are slow":
            return replace(minute, long_slow=max(minute.long_slow, round(share * minute.long)))
        case "kill of the API":
            return replace(minute, errors=minute.requests)
        case "few requests":
            return Minute(2, errors=min(minute.errors, 2), silent=minute.silent)
        case "silence":
            return replace(minute, silent=True)


def _within_a_slice(about: datetime, random: Random) -> Span:
    """Up to three minutes, with scrapes before and after it in the slice: whoever is away longer judges a slice late,
    which the rules' own tests play."""
    begin = about - (about - START) % SLICE + timedelta(seconds=random.randrange(31, 60))
    return Span(begin, begin + timedelta(seconds=random.randrange(30, 170)))
