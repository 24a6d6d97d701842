"""Functions started afresh after a promotion, and asked whether they can log in: from a new environment, with current secrets.

A change of its configuration is what gives a function new environments. It says which restore it runs on, and, where RDS manages
the owner's password, in which secret that is now.
"""

from typing import Any, Final

from shared.backups.functions import RESTORE, Environment, Functions, told
from shared.backups.steps import Task
from shared.backups.store import DrillStore

_OWNER_SECRET: Final = "POSTGRES_ADMIN_SECRET_ARN"  # noqa: S105 -- the name of a setting


class ColdStart:
    def __init__(self, functions: Functions, store: DrillStore) -> None:
        self._functions = functions
        self._store = store

    def act(self, task: Task) -> dict[str, Any]:
        """Raises ``NotYet`` until every function has its new configuration, ``StepFailed`` when one can't log in."""
        drill = task.drill.id
        with told("Functions could not be started afresh"):
            self._functions.configure(lambda before: self._environment(before, drill))
            answers = self._functions.ask()
        return {"started_afresh": self._functions.names, "answers": answers}

    def _environment(self, before: Environment, drill: str) -> Environment:
        step = self._store.step(drill, "put in place")
        secret = ((step.result if step else None) or {}).get("owner_secret")
        moved = {_OWNER_SECRET: str(secret)} if secret and _OWNER_SECRET in before else {}
        return {**before, **moved, RESTORE: drill}
