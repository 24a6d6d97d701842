"""What comes next for a change on its way to production, as its workflow goes on. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from shared.changes.model import AT_THE_GATES, IN_PRODUCTION, Change

Do = Literal["wait", "rest", "hand_over", "end"]
WaitsFor = Literal["pipeline", "gates", "approval", "planned_time", "promotion", "verification", ""]


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """``wait``: until something happens to it; ``rest``: so many seconds, whatever happens."""

    do: Do
    waits_for: WaitsFor = ""
    seconds: int = 0


def next_step(change: Change, now: datetime, look_again: timedelta) -> NextStep:
    """``look_again`` is how long a wait lasts at most."""
    if change.is_over:
        return NextStep(do="end")
    if change.state in IN_PRODUCTION:
        return NextStep(do="wait", waits_for="verification")
    if change.state not in AT_THE_GATES:
        return NextStep(do="wait", waits_for="pipeline")
    if change.is_held:
        return NextStep(do="wait", waits_for="gates")
    return (
        NextStep(do="wait", waits_for="approval")
        if change.state == "load_passed"
        else _of_approved(change, now, look_again)
    )


def _of_approved(change: Change, now: datetime, look_again: timedelta) -> NextStep:
    """It was announced for a time, and goes to production not before."""
    left = change.plan.planned_for - now
    if left > look_again:
        return NextStep(do="wait", waits_for="planned_time")
    if left > timedelta():
        return NextStep(do="rest", waits_for="planned_time", seconds=ceil(left.total_seconds()))
    return NextStep(do="wait", waits_for="promotion") if change.is_handed_over else NextStep(do="hand_over")
