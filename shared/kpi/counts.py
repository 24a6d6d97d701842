"""What is counted, and how counts add up. Integers only: nothing that is not a number can enter a sum."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Final


class WrongCounts(ValueError):
    """A count that cannot be: negative, not whole, or more errors than requests."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Requests of one slice, or of any number of them: adding is all that a window does.

    ``latencies`` counts requests by the upper bound of their bucket in milliseconds (not cumulated), ``beyond``
    those above the last bound. ``slices`` says how many slices were added, ``bad_slices`` how many of them had
    too large a share of errors. ``long`` counts requests of long routes, which are in no bucket, and ``long_slow`` those
    that took longer than their own limit. Probes that were skipped are unknown: neither good nor bad.
    """

    requests: int = 0
    errors: int = 0
    latencies: Mapping[int, int] = field(default_factory=dict)
    beyond: int = 0
    slices: int = 0
    bad_slices: int = 0
    probes_passed: int = 0
    probes_failed: int = 0
    probes_skipped: int = 0
    long: int = 0
    long_slow: int = 0

    def __post_init__(self) -> None:
        for name in _NUMBERS:
            _check(name, getattr(self, name))
        for bound, count in self.latencies.items():
            _check("a latency bound", bound)
            _check(f"latencies within {bound} ms", count)
        if self.errors > self.requests:
            raise WrongCounts(f"{self.errors} errors among {self.requests} requests")
        if self.long_slow > self.long:
            raise WrongCounts(f"{self.long_slow} slow requests among {self.long} of long routes")
        if self.bad_slices > self.slices:
            raise WrongCounts(f"{self.bad_slices} bad slices among {self.slices}")

    def __add__(self, other: "Counts") -> "Counts":
        return total((self, other))

    @property
    def timed(self) -> int:
        """Requests whose latency is known, those of long routes apart."""
        return sum(self.latencies.values()) + self.beyond

    def within(self, milliseconds: int) -> int:
        """Requests that took at most so long; exact when it is a bound, never too many when it is none."""
        return sum(count for bound, count in self.latencies.items() if bound <= milliseconds)


@dataclass(frozen=True, kw_only=True)
class Slice(Counts):
    """One slice. ``minutes`` are its sums by the minute, oldest first; empty where nobody kept them."""

    minutes: tuple[Counts, ...] = ()


def total(parts: Iterable[Counts]) -> Counts:
    """The sum of counts, in whatever order and grouping."""
    rows = list(parts)
    sums = [sum(column) for column in zip(*map(_numbers_of, rows), strict=True)] or [0] * len(_NUMBERS)
    latencies: dict[int, int] = {}
    for row in rows:
        for bound, count in row.latencies.items():
            latencies[bound] = latencies.get(bound, 0) + count
    return Counts(latencies=latencies, **dict(zip(_NUMBERS, sums, strict=True)))


def without(whole: Counts, part: Counts) -> Counts:
    """What is left of a sum without a part of it."""
    numbers = zip(_NUMBERS, _numbers_of(whole), _numbers_of(part), strict=True)
    latencies = {bound: max(count - part.latencies.get(bound, 0), 0) for bound, count in whole.latencies.items()}
    return Counts(latencies=latencies, **{name: max(all_of - some, 0) for name, all_of, some in numbers})


def _check(name: str, value: object) -> None:
    if type(value) is not int or value < 0:
        raise WrongCounts(f"{name} must be a whole number from 0, not {value!r}")


_NUMBERS: Final = tuple(f.name for f in fields(Counts) if f.name != "latencies")
_numbers_of: Final = attrgetter(*_NUMBERS)
NOTHING: Final = Counts()
