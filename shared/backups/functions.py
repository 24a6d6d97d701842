"""Functions that a restore gives another configuration, and has answer from the new environments that come of it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.backups.drill import NotYet, StepFailed

RESTORE: Final = "RESTORE"
"""The setting that names the restore on which a function runs."""
_GOOD: Final = 200
_BUSY: Final = frozenset({"ResourceConflictException", "TooManyRequestsException", "ServiceException"})

Environment = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Function:
    """``alias`` is what its callers invoke, empty for the function itself; ``asked`` the event that it has to answer."""

    name: str
    alias: str = ""
    asked: Mapping[str, Any] | None = None


class Functions:
    """``client`` is boto3's for Lambda."""

    def __init__(self, client: Any, functions: Sequence[Function]) -> None:
        self._lambda = client
        self._functions = functions

    @property
    def names(self) -> list[str]:
        return [one.name for one in self._functions]

    def environments(self) -> dict[str, Environment]:
        """Of each function, as it is now."""
        return {one.name: self._found(one.name)[0] for one in self._functions}

    def configure(self, wanted: Callable[[Environment], Environment]) -> None:
        """Raises ``NotYet`` until the callers of every function get environments with the settings that are ``wanted``."""
        waiting = [one.name for one in self._functions if not self._has(one, wanted)]
        if waiting:
            raise NotYet(f"{', '.join(waiting)} are being configured")

    def ask(self) -> dict[str, str]:
        """What those answer that have to. Raises ``StepFailed`` when one can't work."""
        return {one.name: self._ask(one) for one in self._functions if one.asked is not None}

    def _has(self, function: Function, wanted: Callable[[Environment], Environment]) -> bool:
        """Takes the next step towards that otherwise."""
        before, is_changing = self._found(function.name)
        if is_changing:
            return False
        if before != (after := wanted(before)):
            variables = {"Variables": dict(after)}
            self._lambda.update_function_configuration(FunctionName=function.name, Environment=variables)
            return False
        return not function.alias or self._has_alias(function, after)

    def _has_alias(self, function: Function, wanted: Environment) -> bool:
        live, _ = self._found(function.name, Qualifier=function.alias)
        if live.get(RESTORE) == wanted.get(RESTORE):
            return True
        version = self._lambda.publish_version(FunctionName=function.name)["Version"]
        self._lambda.update_alias(FunctionName=function.name, Name=function.alias, FunctionVersion=version)
        return False

    def _found(self, name: str, **qualifier: str) -> tuple[Environment, bool]:
        found = self._lambda.get_function_configuration(FunctionName=name, **qualifier)
        return found.get("Environment", {}).get("Variables", {}), found.get("LastUpdateStatus") == "InProgress"

    def _ask(self, function: Function) -> str:
        qualified = {"Qualifier": function.alias} if function.alias else {}
        answer = self._lambda.invoke(
            FunctionName=function.name, Payload=json.dumps(function.asked).encode(), **qualified
        )
        said = str(answer["Payload"].read(), "utf-8", "replace")
        if answer.get("FunctionError") or not _is_good(said):
            raise StepFailed(f"{function.name}, started afresh, can't work with the restored database: {said[:500]}")
        return said[:200]


@contextmanager
def told(what: str) -> Iterator[None]:
    """What Lambda refuses has failed, and ``what`` says which; what it is too busy for is asked again."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _BUSY:
            raise NotYet(str(error)) from error
        raise StepFailed(f"{what}: {error}") from error
    except BotoCoreError as error:
        raise NotYet(str(error)) from error


def _is_good(said: str) -> bool:
    """An answer of HTTP carries its status; what has none has not failed."""
    found = json.loads(said or "{}")
    return not isinstance(found, dict) or found.get("statusCode", _GOOD) == _GOOD
