"""The promotion of a restore: an order of steps, each recorded by itself, done once, and taken up again after a kill.

Everything that must be so before anybody is served is done while the restored database still stands beside the running one: a
promotion that fails until then has changed nothing but ended credentials. Afterwards it goes back to what ran before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from shared.backups.drill import Drill, StepFailed
from shared.backups.instances import Instances
from shared.backups.steps import Act, Steps, Task
from shared.backups.store import DrillStore, Step

PREVIEW: Final = "preview"
GO_BACK: Final = "go back"
REMOVE: Final = "remove what was put aside"


@dataclass(frozen=True, kw_only=True)
class PromotionStep:
    """``action`` is what the workflow calls it by."""

    action: str
    name: str
    says: str


ORDER: Final = (
    PromotionStep(action="hold", name="hold the drain", says="hold the drain: the stream keeps what is accepted"),
    PromotionStep(action="close_source", name="close the running database",
                  says="close the running database to writers: it is read until the restored one takes its place"),
    PromotionStep(action="end_credentials", name="end credentials", says="end every temporary database credential"),
    PromotionStep(action="discard", name="count what is discarded", says="count what is really discarded"),
    PromotionStep(action="set_logins", name="set logins", says="give every login the current version of its secret"),
    PromotionStep(action="end_roles", name="end roles", says="drop temporary roles and close logins that ended since"),
    PromotionStep(action="drain_again", name="drain again", says="drain again what was accepted since the moment"),
    PromotionStep(action="forget_again", name="forget again",
                  says="revoke and remove again what was revoked and removed since"),
    PromotionStep(action="carry_trail", name="carry the audit trail on",
                  says="carry the audit trail on, with a row that says what was restored, by whom, signed by whom"),
    PromotionStep(action="put_in_place", name="put in place",
                  says="put the restored database into the place of the running one, whose data is kept aside"),
    PromotionStep(action="start_cold", name="start cold",
                  says="start every function afresh and have them answer, with current logins only"),
    PromotionStep(action="serve", name="serve", says="open it to writers, and let the drain go on"),
    PromotionStep(action="anchor", name="anchor the audit trail", says="anchor the audit trail"),
)  # fmt: skip
_STEPS: Final = {step.action: step for step in ORDER}
PROMOTION: Final = frozenset(_STEPS)
_NO_WAY_BACK: Final = frozenset({"serve", "anchor"})


class Promotion:
    """``acts`` are the steps' own work, by action."""

    def __init__(self, steps: Steps, store: DrillStore, acts: Mapping[str, Act]) -> None:
        self._steps = steps
        self._store = store
        self._acts = acts

    def do(self, drill: str, action: str) -> None:
        """One step, unless it is done. Those before it must be."""
        step = _STEPS[action]

        def act(task: Task) -> Mapping[str, Any]:
            self._must_be_signed(task.drill)
            self._must_follow(drill, step)
            return self._acts[action](task)

        may_abort = action not in _NO_WAY_BACK
        self._steps.once(drill, step.name, act, may_abort=may_abort)

    @staticmethod
    def name_of(action: str) -> str:
        """The step's, as the record has it."""
        return _STEPS[action].name

    def preview(self, drill: str) -> None:
        """Anew each time that it is asked for."""
        found = self._steps.running(drill)
        step = Step(name=PREVIEW, started_at=self._steps.now())
        result = self._acts[PREVIEW](Task(drill=found, progress={}, save=lambda _: None))
        self._store.write_step(
            drill, Step(name=PREVIEW, started_at=step.started_at, finished_at=self._steps.now(), result=result)
        )

    def go_back(self, drill: str) -> None:
        """After a failure: what ran before runs again. Nothing is to be done where no step has begun, or where it serves."""
        served = self._store.step(drill, _STEPS["serve"].name)
        if self._store.step(drill, ORDER[0].name) is None or (served and served.result is not None):
            return
        self._steps.once(drill, GO_BACK, self._acts["go_back"], may_abort=False)

    def _must_follow(self, drill: str, step: PromotionStep) -> None:
        for before in ORDER[: ORDER.index(step)]:
            found = self._store.step(drill, before.name)
            if found is None or found.result is None:
                raise StepFailed(f"{step.name} comes after {before.name}, which is not done")

    @staticmethod
    def _must_be_signed(drill: Drill) -> None:
        if not drill.is_signed:
            raise StepFailed("nobody has signed it off")


def remove_aside(store: DrillStore, instances: Instances, drill: str, now: datetime) -> bool:
    """Whether what a promotion put aside is gone; when, and what it had cost, stay in the record."""
    step = store.step(drill, REMOVE) or Step(name=REMOVE, started_at=now.isoformat())
    aside = instances.aside(drill)
    if aside is not None:
        store.write_step(drill, replace(step, progress={"was": aside.name, "had_cost": aside.costs}))
        instances.remove_aside(drill)
        return False
    result = {**(step.progress or {}), "removed": True}
    store.write_step(drill, replace(step, finished_at=now.isoformat(), result=result, progress=None))
    store.update(drill, aside_removed_at=now)
    return True
