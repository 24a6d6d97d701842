"""What a source last said, and what a further signal of it means: signals come late, repeated and in any order."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from shared.incidents.signals import Signal

LATE: Final = timedelta(days=1)  # what comes later than that behind its successor is history


class Meaning(StrEnum):
    FAILED = "failed"  # it fails, for the first time or again
    RECOVERED = "recovered"  # it failed and is well again
    HEALTHY = "healthy"  # it is well, as far as anybody knew
    OVERTAKEN = "overtaken"  # it had failed, but its recovery came first
    STALE = "stale"  # something newer is known


@dataclass(frozen=True, kw_only=True)
class Source:
    """``last`` is its newest signal. ``unexplained``: that is a recovery of a failure that nobody has heard of, if there
    was one. ``held``: it fails and has opened nothing, under a maintenance or because it must prove that it lasts."""

    last: Signal
    failed_as: Signal | None = None
    unexplained: bool = False
    held: bool = False
    version: int = 0

    @property
    def is_failing(self) -> bool:
        return self.last.failing


def judge(before: Source | None, signal: Signal) -> tuple[Source, Meaning]:
    """How the source stands after a signal that was not seen before, and what the signal means."""
    if before is not None and signal.place <= before.last.place:
        return _older(before, signal)
    version = before.version if before else 0
    failed_as = before.failed_as if before else None
    if signal.failing:
        held = before is not None and before.held
        after = Source(last=signal, failed_as=signal, held=held, version=version)
        return after, Meaning.FAILED
    failing = before is not None and before.is_failing
    # A failure of before its last known recovery, or of before it was first heard of, may still be on its way.
    after = Source(last=signal, failed_as=failed_as, unexplained=not failing, version=version)
    return after, Meaning.RECOVERED if failing else Meaning.HEALTHY


def _older(before: Source, signal: Signal) -> tuple[Source, Meaning]:
    known = before.failed_as is not None and signal.place <= before.failed_as.place
    late = signal.at < before.last.at - LATE
    if signal.failing and before.unexplained and not known and not late:
        return replace(before, unexplained=False, failed_as=signal), Meaning.OVERTAKEN
    return before, Meaning.STALE
