"""Whoever waits is woken: every order of the calls that waiting, waking, their crashes and their ghosts make."""

from collections.abc import Callable
from threading import Semaphore, Thread, current_thread

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.shared.changes.workflow import Crash, Workflow

PATIENCE = 10.0


class Actor(Thread):
    """Stops before each call that it makes until it is its turn; crashes at some of them."""

    def __init__(self, act: Callable[[], object], crashes: frozenset[int]) -> None:
        super().__init__(daemon=True)
        self._act = act
        self._crashes = crashes
        self._calls = 0
        self._go, self._stopped = Semaphore(0), Semaphore(0)
        self.over = False

    def run(self) -> None:
        while True:
            try:
                self._act()
            except Crash:
                continue
            break
        self.over = True
        self._stopped.release()

    def turn(self) -> None:
        """From one call to the next."""
        if not self.over:
            self._go.release()
            assert self._stopped.acquire(timeout=PATIENCE)

    def begin(self) -> None:
        self.start()
        assert self._stopped.acquire(timeout=PATIENCE)

    def call(self) -> None:
        self._stopped.release()
        assert self._go.acquire(timeout=PATIENCE)
        self._calls += 1
        if self._calls in self._crashes:
            raise Crash


def _call() -> None:
    actor = current_thread()
    if isinstance(actor, Actor):
        actor.call()


CRASHES = st.frozensets(st.integers(1, 8), max_size=2)


@given(order=st.lists(st.integers(0, 2), max_size=40), crashes=st.tuples(CRASHES, CRASHES))
def test_no_order_of_waiting_waking_and_crashing_loses_a_wake(
    order: list[int], crashes: tuple[frozenset[int], frozenset[int]]
) -> None:
    workflow = Workflow()
    change = workflow.proved().id
    seen = workflow.promotion.look(change)
    attempts: list[str] = []
    workflow.table.around = _call
    woken: list[str] = []
    workflow.wake = woken.append  # type: ignore[method-assign, assignment]  # the test replaces the method

    def wait() -> None:
        attempts.append(f"token {len(attempts) + 1}")
        workflow.promotion.wait(change, seen, attempts[-1], "2026-11-24T10:00:01Z", len(attempts))

    def ghost() -> None:
        """An attempt that Step Functions has given up, and that goes on all the same: nobody waits for its token."""
        workflow.promotion.wait(change, seen, "nobody's", "2026-11-24T10:00:01Z", 0)

    def reject() -> None:
        """A person's word, and the event that the bus delivers until it is taken."""
        found = workflow.store.get(change)
        if not found.is_over:
            workflow.people.by("grace").reject(change, "not now")
        workflow.promotion.happened(change, 5)

    actors = [Actor(wait, crashes[0]), Actor(reject, crashes[1]), Actor(ghost, frozenset())]
    for actor in actors:
        actor.begin()
    for one in order:
        actors[one].turn()
    while any(not actor.over for actor in actors):
        for actor in actors:
            actor.turn()
    assert attempts[-1] in woken
