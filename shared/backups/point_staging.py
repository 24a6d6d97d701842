"""Staging's functions pointed to a restored database, and back."""

from dataclasses import dataclass
from typing import Any, Final

from shared.backups.drill import StepFailed
from shared.backups.functions import RESTORE, Environment, Functions, told
from shared.backups.staging import CLOSE
from shared.backups.steps import Task
from shared.backups.store import DrillStore

_HOST: Final = "POSTGRES_HOST"
_PORT: Final = "POSTGRES_PORT"


@dataclass(frozen=True, kw_only=True)
class Staging:
    """``host`` and ``port`` are where staging's functions find their database otherwise, ``address`` is where they answer."""

    functions: Functions
    store: DrillStore
    address: str
    host: str
    port: int

    def point(self, task: Task) -> dict[str, Any]:
        """Raises ``NotYet`` until every function is configured, ``StepFailed`` when one can't answer."""
        closed = self.store.step(task.drill.id, CLOSE)
        if closed is None or closed.result is None:
            raise StepFailed("The restored database is not closed to writers yet.")
        there = {_HOST: str(closed.result["host"]), _PORT: str(closed.result["port"]), RESTORE: task.drill.id}
        with told("Staging could not be pointed to the restored database"):
            self._must_be_free(task.drill.id)
            self.functions.configure(lambda before: {**before, **there})
            answers = self.functions.ask()
        return {"address": self.address, "started_afresh": self.functions.names, "answers": answers}

    def point_back(self, task: Task) -> dict[str, Any]:
        """Of the restore's functions only: another may have taken staging since. Raises ``NotYet`` and ``StepFailed``."""

        def back(before: Environment) -> Environment:
            if before.get(RESTORE) != task.drill.id:
                return before
            return {name: value for name, value in before.items() if name != RESTORE} | self._home()

        with told("Staging could not be pointed back"):
            self.functions.configure(back)
        return {"address": self.address, "started_afresh": self.functions.names}

    def _home(self) -> dict[str, str]:
        return {_HOST: self.host, _PORT: str(self.port)}

    def _must_be_free(self, drill: str) -> None:
        for found in self.functions.environments().values():
            is_away = any(found.get(name) != value for name, value in self._home().items())
            if is_away and (other := found.get(RESTORE, "another database")) != drill:
                raise StepFailed(f"Staging is pointed to {other}: sign that off, or abort it, first.")
