"""The actions of a change's workflow. Each may be repeated after a crash at any point, by itself or beside its own ghost.

Who writes to a change does not know of the workflow: the event that tells of it wakes who waits. A wake is never lost: who begins
to wait writes down how to be woken, and then looks at the change once more; who wakes reads it after the change was written.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from shared.changes.changes import Changes
from shared.changes.model import Change
from shared.changes.next_step import next_step
from shared.changes.store import ChangeStore
from shared.changes.waits import Waiting, WaitStore
from shared.platform.actor import Actor
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.moments import stamp
from shared.platform.refusals import NotNow
from shared.platform.secret import Secret

BY: Final = Actor(name="promotion")
_TRIES: Final = 5


class Workflows(Protocol):
    def start(self, change: str) -> None:
        """Begin a change's workflow; one that was begun is left alone."""

    def wake(self, token: str) -> None:
        """End the wait of a task; one that is over is left alone."""


@dataclass(frozen=True, kw_only=True)
class World:
    """``changes`` are those that BY acts on at a moment; ``dispatch`` asks who deploys to do so, and says how."""

    store: ChangeStore
    waits: WaitStore
    workflows: Workflows
    changes: Callable[[datetime], Changes]
    dispatch: Callable[[Change], str]
    look_again: timedelta
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class Promotion:
    """Raises what the table, Step Functions and ``dispatch`` raise, for the workflow to try again."""

    def __init__(self, world: World) -> None:
        self._world = world

    def look(self, change_id: str) -> dict[str, Any]:
        """How it stands, which the clock and the gates may have changed, and what comes next."""
        return self._next(self._settled(change_id))

    def hand_over(self, change_id: str) -> dict[str, Any]:
        """Ask who deploys to do so, if that is still what comes next: a gate may have closed meanwhile."""
        change = self._settled(change_id)
        found = self._next(change)
        return self.take_over(change_id, self._world.dispatch(change)) if found["do"] == "hand_over" else found

    def take_over(self, change_id: str, how: str) -> dict[str, Any]:
        """Write down who deploys it. What it became meanwhile is not handed over."""
        with suppress(NotNow, Overtaken):
            self._changes().hand_over(change_id, how)
        return self.look(change_id)

    def wait(self, change_id: str, seen: Mapping[str, Any], token: str, entered: str, attempt: int) -> None:
        """Begin to wait, unless it is no more what was ``seen``."""
        before = self._world.waits.get(change_id)
        same = before is not None and (before.waits_for, before.version) == (seen["waits_for"], seen["version"])
        since = before.since if before and same else stamp(self._world.clock())
        self._world.waits.keep(
            Waiting(
                change=change_id, token=Secret(token), waits_for=seen["waits_for"], version=seen["version"], since=since,
                entered=entered, attempt=attempt,
            )
        )  # fmt: skip
        if self._world.store.get(change_id).version != seen["version"]:
            self._world.workflows.wake(token)

    def happened(self, change_id: str, sequence: int) -> str:
        """Something has happened to a change: begin its workflow, or wake it. Events come late, twice and in any order."""
        waiting = self._world.waits.get(change_id)
        change = self._world.store.get(change_id)
        if waiting is None:
            if change.is_over:
                return "over"
            self._world.workflows.start(change_id)
            return "started"
        if max(change.version, sequence) == waiting.version:
            return "known"
        self._world.workflows.wake(waiting.token.reveal())
        return "woken"

    def _settled(self, change_id: str) -> Change:
        for _ in range(_TRIES):
            with suppress(Overtaken):
                return self._changes().settle(change_id)
        raise Overtaken(f"{change_id}: others have written {_TRIES} times meanwhile")

    def _next(self, change: Change) -> dict[str, Any]:
        step = next_step(change, self._world.clock(), self._world.look_again)
        return {"state": change.state, "version": change.version, "why": change.story[-1].why, **asdict(step)}

    def _changes(self) -> Changes:
        return self._world.changes(self._world.clock())
