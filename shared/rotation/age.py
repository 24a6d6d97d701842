"""How old a secret is, when it is due, and whether its last rotation came to an end. Pure, and without its value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.rotation.rotation import CURRENT, PENDING

LATE: Final = timedelta(days=7)  # after its time, a rotation has failed more than once
ENDS_WITHIN: Final = timedelta(days=1)  # Secrets Manager has tried often by then


@dataclass(frozen=True, kw_only=True)
class Version:
    id: str
    stages: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Age:
    """``unfinished_since`` is when a rotation began that did not end."""

    since: datetime
    due_at: datetime
    unfinished_since: datetime | None
    wrong: str = ""


def age_of(versions: Sequence[Version], every: timedelta, now: datetime) -> Age | None:
    """None for a secret without a current version."""
    current = next((one for one in versions if CURRENT in one.stages), None)
    if current is None:
        return None
    pending = [one.created_at for one in versions if PENDING in one.stages and CURRENT not in one.stages]
    # What was given up before the current one was made is over.
    unfinished = max((at for at in pending if at >= current.created_at), default=None)
    due_at = current.created_at + every
    return Age(
        since=current.created_at,
        due_at=due_at,
        unfinished_since=unfinished,
        wrong=_wrong(now, current.created_at, due_at, unfinished),
    )


def _wrong(now: datetime, since: datetime, due_at: datetime, unfinished: datetime | None) -> str:
    if unfinished is not None and now - unfinished > ENDS_WITHIN:
        return f"its rotation of {unfinished:%Y-%m-%d %H:%M} did not end"
    return f"is {(now - since).days} days old" if now > due_at + LATE else ""
