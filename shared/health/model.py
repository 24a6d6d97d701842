"""What a check of the service found, and what that says of the service and of its components."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

CONSOLE = "console"
CANARY = "canary"


class Result(StrEnum):
    """``unconfigured`` and ``unknown`` are neither good nor bad: nobody set the check up, or it could not be made."""

    PASSED = "passed"
    FAILED = "failed"
    UNCONFIGURED = "unconfigured"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Of one check. ``why`` says what was seen; ``reached`` whether anything at all was met at the address.

    A refused connection was: somebody's machine refused it. A name that does not resolve, or silence, was not.
    """

    check: str
    address: str
    result: Result
    why: str
    milliseconds: float = 0.0
    status: int | None = None
    reached: bool = False


def judge(outcomes: Iterable[Outcome]) -> Result:
    """Of all checks together: one that failed decides; passed is only what passed everywhere."""
    found = {outcome.result for outcome in outcomes}
    worst = (Result.FAILED, Result.UNKNOWN, Result.UNCONFIGURED, Result.PASSED)
    return next((result for result in worst if result in found), Result.UNKNOWN)


def reached_anything(outcomes: Iterable[Outcome]) -> bool:
    return any(outcome.reached for outcome in outcomes)


def why(outcomes: Sequence[Outcome]) -> str:
    """A sentence: everything that is not well, or that all is."""
    unwell = [f"{one.check}: {one.why}" for one in outcomes if one.result is not Result.PASSED]
    return "; ".join(unwell) or f"All {len(outcomes)} checks passed."
