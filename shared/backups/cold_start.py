"""Functions started afresh after a promotion, and asked whether they can log in: from a new environment, with current secrets.

A change of its configuration is what gives a function new environments. It says which restore it runs on, and, where RDS manages
the owner's password, in which secret that is now.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.backups.drill import NotYet, StepFailed
from shared.backups.steps import Task
from shared.backups.store import DrillStore

_RESTORE: Final = "RESTORE"
_OWNER_SECRET: Final = "POSTGRES_ADMIN_SECRET_ARN"  # noqa: S105 -- the name of a setting
_GOOD: Final = 200
_BUSY: Final = frozenset({"ResourceConflictException", "TooManyRequestsException", "ServiceException"})


@dataclass(frozen=True, kw_only=True)
class Function:
    """``alias`` is what its callers invoke, empty for the function itself; ``asked`` the event that it has to answer."""

    name: str
    alias: str = ""
    asked: Mapping[str, Any] | None = None


class ColdStart:
    """``client`` is boto3's for Lambda."""

    def __init__(self, client: Any, functions: Sequence[Function], store: DrillStore) -> None:
        self._lambda = client
        self._functions = functions
        self._store = store

    def act(self, task: Task) -> dict[str, Any]:
        """Raises ``NotYet`` until every function has its new configuration, ``StepFailed`` when one can't log in."""
        drill = task.drill.id
        try:
            waiting = [one.name for one in self._functions if not self._is_fresh(one, drill)]
            if waiting:
                raise NotYet(f"{', '.join(waiting)} are being configured")
            answers = {one.name: self._ask(one) for one in self._functions if one.asked is not None}
        except ClientError as error:
            if error.response["Error"]["Code"] in _BUSY:
                raise NotYet(str(error)) from error
            raise StepFailed(f"Functions could not be started afresh: {error}") from error
        except BotoCoreError as error:
            raise NotYet(str(error)) from error
        return {"started_afresh": [one.name for one in self._functions], "answers": answers}

    def _is_fresh(self, function: Function, drill: str) -> bool:
        """Whether its callers get new environments; takes the next step towards that otherwise."""
        found = self._lambda.get_function_configuration(FunctionName=function.name)
        before = found.get("Environment", {}).get("Variables", {})
        wanted = self._environment(before, drill)
        if found.get("LastUpdateStatus") == "InProgress":
            return False
        if before != wanted:
            self._lambda.update_function_configuration(FunctionName=function.name, Environment={"Variables": wanted})
            return False
        return not function.alias or self._has_alias(function, drill)

    def _has_alias(self, function: Function, drill: str) -> bool:
        live = self._lambda.get_function_configuration(FunctionName=function.name, Qualifier=function.alias)
        if live.get("Environment", {}).get("Variables", {}).get(_RESTORE) == drill:
            return True
        version = self._lambda.publish_version(FunctionName=function.name)["Version"]
        self._lambda.update_alias(FunctionName=function.name, Name=function.alias, FunctionVersion=version)
        return False

    def _environment(self, before: Mapping[str, str], drill: str) -> dict[str, str]:
        step = self._store.step(drill, "put in place")
        secret = ((step.result if step else None) or {}).get("owner_secret")
        moved = {_OWNER_SECRET: str(secret)} if secret and _OWNER_SECRET in before else {}
        return {**before, **moved, _RESTORE: drill}

    def _ask(self, function: Function) -> str:
        qualified = {"Qualifier": function.alias} if function.alias else {}
        answer = self._lambda.invoke(
            FunctionName=function.name, Payload=json.dumps(function.asked).encode(), **qualified
        )
        said = str(answer["Payload"].read(), "utf-8", "replace")
        if answer.get("FunctionError") or not _is_good(said):
            raise StepFailed(f"{function.name}, started afresh, can't work with the restored database: {said[:500]}")
        return said[:200]


def _is_good(said: str) -> bool:
    """An answer of HTTP carries its status; what has none has not failed."""
    found = json.loads(said or "{}")
    return not isinstance(found, dict) or found.get("statusCode", _GOOD) == _GOOD
