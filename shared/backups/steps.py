"""Steps of a drill, each done once: begun, ended and its outcome are in the record, whoever is killed meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.backups.drill import Aborted, Drill, NotYet, StepFailed
from shared.backups.instances import Instance, Instances
from shared.backups.store import DrillStore, Step
from shared.platform.failures import PostgresUnavailable


@dataclass(frozen=True, kw_only=True)
class Task:
    """One step at work. ``progress`` is what an attempt before this one has saved."""

    drill: Drill
    progress: Mapping[str, Any]
    save: Callable[[Mapping[str, Any]], None]


Act = Callable[[Task], Mapping[str, Any]]
"""Does a step, or what is left of it, and returns its evidence. Raises ``NotYet``, ``StepFailed``, ``PostgresUnavailable``."""


class Steps:
    def __init__(self, store: DrillStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def once(
        self, drill: str, name: str, act: Act, *, needed: Callable[[str], object] = str, may_abort: bool = True
    ) -> None:
        """Do a step unless it is done; its result, or its error, is evidence.

        ``needed`` raises StepFailed when what the step works with is lost: then nothing is worth waiting for.
        """
        found = self.running(drill, may_abort=may_abort)
        step = self._store.step(drill, name)
        if step and step.result is not None:
            return
        step = step or Step(name=name, started_at=self.now())
        self._store.write_step(drill, step)

        def save(progress: Mapping[str, Any]) -> None:
            nonlocal step
            assert step  # noqa: S101 -- set above
            step = replace(step, progress=dict(progress))
            self._store.write_step(drill, step)

        try:
            result = act(Task(drill=found, progress=step.progress or {}, save=save))
        except StepFailed as error:
            self._store.write_step(drill, replace(step, finished_at=self.now(), error=str(error)))
            raise
        except PostgresUnavailable as error:
            self._store.write_step(drill, replace(step, error=str(error)))
            needed(drill)
            raise NotYet(f"{name}: the database does not answer: {error}") from error
        self._store.write_step(drill, replace(step, finished_at=self.now(), result=dict(result), error=""))

    def has_begun(self, drill: str, name: str) -> bool:
        return self._store.step(drill, name) is not None

    def lasts_too_long(self, drill: str, name: str, patience: timedelta) -> bool:
        """Whether a step that can't be done yet has been waited for long enough."""
        step = self._store.step(drill, name)
        return step is not None and self._clock() - datetime.fromisoformat(step.started_at) > patience

    def running(self, drill: str, *, may_abort: bool = True) -> Drill:
        found = self._store.get(drill)
        if found is None:
            raise StepFailed(f"there is no drill {drill}")
        if found.abort_by and may_abort:
            raise Aborted(f"aborted by {found.abort_by}")
        return found

    def now(self) -> str:
        return self._clock().isoformat()


def open_instance(instances: Instances, drill: str) -> Instance:
    """The temporary database, once it is open."""
    instance = instances.look(drill)
    if instance.state in {"failed", "gone"}:
        raise StepFailed(f"The temporary database is not there: {instance.reason or instance.state}.")
    if instance.state != "available":
        raise NotYet(f"the temporary database is {instance.state}: {instance.step}")
    return instance
