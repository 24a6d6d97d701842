"""Rate limits and quotas: any number of them, and the commands that they guard, as one atomic step in Valkey."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.platform.valkey import Command, Script, Valkey

_SCRIPT: Final = Script(Path(__file__).with_suffix(".lua").read_text())


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A bucket of ``burst`` units that fills up with ``per_second``."""

    per_second: float
    burst: int


@dataclass(frozen=True, kw_only=True)
class Quota:
    """``units`` in all, counted under a key that is kept for ``seconds``."""

    units: int
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Take:
    """``cost`` units from what is counted under a key; all keys of one step share their tag in braces."""

    name: str
    key: str
    limit: Rate | Quota
    cost: int = 1


@dataclass(frozen=True, kw_only=True)
class Within:
    """Everything was within its limits: ``tightest`` is the rate of which least is left, in share of its burst."""

    tightest: Take | None
    left: int
    full_in_ms: int
    replies: Sequence[Any]


class LimitExceeded(Exception):
    """Nothing was done: there is not enough left of ``take``, and will be in ``retry_ms``."""

    def __init__(self, take: Take, left: int, retry_ms: int) -> None:
        super().__init__(f"{take.name}: {take.cost} asked for, {left} left")
        self.take = take
        self.left = left
        self.retry_ms = retry_ms


def run_within(
    valkey: Valkey, takes: Sequence[Take], commands: Sequence[Command] = (), *, also: Sequence[Command] = ()
) -> Within:
    """Carry out commands if all limits allow it; ``also`` goes along in the same round trip, whatever they say.

    Raises
    ------
    LimitExceeded
        one of the limits does not allow it; none of the buckets lost anything
    ValkeyUnavailable
        no answer in time: whether it was carried out is unknown
    """
    return _read(takes, _SCRIPT.run(valkey, _keys(takes, commands), _words(takes, commands), also=also))


def _read(takes: Sequence[Take], answer: Sequence[Any]) -> Within:
    allowed, number, left, milliseconds, *rest = answer
    if not allowed:
        raise LimitExceeded(takes[number - 1], left, milliseconds)
    tightest = takes[number - 1] if number else None
    return Within(tightest=tightest, left=left, full_in_ms=milliseconds, replies=rest[0])


def _keys(takes: Sequence[Take], commands: Sequence[Command]) -> list[Any]:
    return [take.key for take in takes] + [command[1] for command in commands]


def _words(takes: Sequence[Take], commands: Sequence[Command]) -> list[Any]:
    words: list[Any] = [len(takes)]
    for take in takes:
        match take.limit:
            case Rate(per_second=per_second, burst=burst):
                words += ["rate", take.cost, per_second, burst]
            case Quota(units=units, seconds=seconds):
                words += ["quota", take.cost, units, seconds]
    for command in commands:
        words += [len(command), *command]
    return words
