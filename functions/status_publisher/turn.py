"""One publisher at a time: who comes while another publishes leaves word, and that one then publishes once more.

So the last one to publish has read the table after everybody who wants the page renewed wrote to it: no older page
comes after a newer one, and a burst of events is two pages, not twenty.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.platform.aws.dynamodb import Overtaken, Put, Table, Value
from shared.platform.moments import stamp

LEASE: Final = timedelta(minutes=2)  # longer than the function may run: who held it then is no more
MOST_ROUNDS: Final = 8
_KEY: Final = ("status-page", "turn")
_ATTEMPTS: Final = 10


@dataclass(frozen=True, kw_only=True)
class Turn:
    """``wanted`` counts who wanted the page renewed; ``until`` is empty when nobody is at it."""

    wanted: int = 0
    until: str = ""


def in_turn(table: Table, now: Callable[[], datetime], publish: Callable[[], None]) -> bool:
    """Publish, again as long as somebody asked meanwhile; False if another who is at it will. Raises what ``publish`` raises."""
    turn = _take(table, now())
    if turn is None:
        return False
    for _ in range(MOST_ROUNDS):
        try:
            publish()
        except Exception:
            _free(table, turn)
            raise
        again = _pass_on(table, turn)
        if again is None:
            return True
        turn = again
    _free(table, turn)  # the next minute's heartbeat goes on
    return True


def _take(table: Table, now: datetime) -> Turn | None:
    """None when another is at it, who was left word."""
    for attempt in range(_ATTEMPTS):
        before = _read(table)
        held = before.until > stamp(now)
        after = Turn(wanted=before.wanted + 1, until=before.until if held else stamp(now + LEASE))
        try:
            _write(table, before, after)
        except Overtaken:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return None if held else after
    return None


def _pass_on(table: Table, turn: Turn) -> Turn | None:
    """None when nobody has asked meanwhile."""
    try:
        _write(table, turn, Turn(wanted=turn.wanted))
    except Overtaken:
        found = _read(table)
        return found if found.until == turn.until else None
    return None


def _free(table: Table, turn: Turn) -> None:
    """Whatever was asked meanwhile."""
    while (found := _read(table)).until == turn.until:
        try:
            _write(table, found, Turn(wanted=found.wanted))
        except Overtaken:
            continue


def _read(table: Table) -> Turn:
    item = table.get(*_KEY)
    return Turn(wanted=int(item["wanted"]), until=str(item["until"])) if item else Turn()


def _write(table: Table, before: Turn, after: Turn) -> None:
    item: dict[str, Value] = {"pk": _KEY[0], "sk": _KEY[1], **asdict(after)}
    expect: dict[str, Value | None] = {"sk": None} if before == Turn() else asdict(before)
    table.write([Put(item=item, expect=expect)])
