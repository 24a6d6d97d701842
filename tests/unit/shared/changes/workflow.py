"""A change's workflow in memory: what Step Functions does with the definition in infra/constructs/promotion_workflow.py."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from shared.changes.model import Change
from shared.changes.promotion import BY, Promotion
from shared.changes.promotion import World as PromotionWorld
from shared.changes.store import ChangeStore
from shared.changes.waits import WaitStore
from shared.platform.aws.dynamodb import Write
from tests.memory_table import MemoryTable
from tests.unit.shared.changes.test_changes import PLAN, World

T = TypeVar("T")
LOOK_AGAIN = timedelta(hours=1)


class Crash(BaseException):
    """The function's process ends: no code of ours may catch it."""


class CountingTable(MemoryTable):
    """Calls ``around`` before and after each write, and before each read."""

    def __init__(self, around: Callable[[], None]) -> None:
        super().__init__()
        self.around = around

    def get(self, pk: str, sk: str) -> Any:
        self.around()
        return super().get(pk, sk)

    def write(self, writes: Sequence[Write]) -> None:
        self.around()
        super().write(writes)
        self.around()


class Workflow:
    """Runs until it waits or has ended; the function crashes at the nth call that it makes, once."""

    def __init__(self) -> None:
        self.people = World()
        self.table = self.people.table = CountingTable(self._count)
        self.store = ChangeStore(self.table)
        self.waits = WaitStore(self.table)
        self.dispatched: list[str] = []
        self.pipeline_fails = ""
        self.started: set[str] = set()
        self.open_token = ""
        self.tokens = 0
        self.ended = ""
        self.crash_at = 0
        self.calls = 0
        self._acting = False
        self.promotion = Promotion(
            PromotionWorld(
                store=self.store, waits=self.waits, workflows=self, changes=lambda _: self.people.acting(BY),
                dispatch=self._dispatch, look_again=LOOK_AGAIN, clock=lambda: self.people.now,
            )
        )  # fmt: skip

    def start(self, change: str) -> None:
        self._count()
        self.started.add(change)
        self._count()

    def wake(self, token: str) -> None:
        self._count()
        if token == self.open_token:
            self.open_token = ""
        self._count()

    def deliver(self, change: str) -> None:
        """Every event of a change, as the bus does after a crash: all of them, again and again. Then the workflow goes on."""
        for event in self.people.told():
            self._tried(partial(self.promotion.happened, change, event.sequence))
        self.run(change)

    def time_out(self, change: str) -> None:
        self.open_token = ""
        self.run(change)

    def run(self, change: str) -> None:
        if self.open_token or self.ended or change not in self.started:
            return
        seen = self._tried(lambda: self.promotion.look(change))
        while True:
            match seen["do"]:
                case "end":
                    self.ended = seen["state"]
                    return
                case "rest":
                    self.people.now += timedelta(seconds=seen["seconds"])
                case "hand_over":
                    seen = self._handed_over(change)
                    continue
                case _:
                    self._wait(change, seen)
                    if self.open_token:
                        return
            seen = self._tried(lambda: self.promotion.look(change))

    def happened(self, change: str) -> list[str]:
        return [entry.happened for entry in self.store.get(change).story]

    def _handed_over(self, change: str) -> dict[str, Any]:
        try:
            return dict(self._tried(lambda: self.promotion.hand_over(change)))
        except ConnectionError as error:
            why = str(error)
            return dict(self._tried(lambda: self.promotion.take_over(change, why)))

    def _wait(self, change: str, seen: dict[str, Any]) -> None:
        """Each attempt has a token of its own; that of one that failed is over."""

        def attempt() -> None:
            self.tokens += 1
            self.open_token = f"token {self.tokens}"
            entered = f"{self.people.now.isoformat()} {self.tokens:06}"
            self.promotion.wait(change, seen, self.open_token, entered, 0)

        self._tried(attempt)

    def _tried(self, act: Callable[[], T]) -> T:
        """Again after a crash."""
        while True:
            self._acting = True
            try:
                return act()
            except Crash:
                continue
            finally:
                self._acting = False

    def _count(self) -> None:
        if self._acting:
            self.calls += 1
            if self.calls == self.crash_at:
                raise Crash

    def _dispatch(self, change: Change) -> str:
        self._count()
        if self.pipeline_fails:
            raise ConnectionError(self.pipeline_fails)
        self.dispatched.append(change.id)
        self._count()
        return "the pipeline was asked"

    def proved(self, **plan: Any) -> Change:
        return self.people.proved(replace(PLAN, planned_for=self.people.now, **plan))
