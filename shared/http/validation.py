"""What pydantic says of a request, in the words of the other messages: the field, what it takes, what came instead."""

from typing import Any, Final

from shared.platform.refusals import before, demand

_MESSAGES: Final = {"missing": "is missing", "extra_forbidden": "is not a field that is known here"}
# Of these the value says nothing, or is one that nobody should read from a screen.
_UNQUOTED: Final = frozenset({"missing", "extra_forbidden", "unquoted_form"})


def field_error(problem: dict[str, Any]) -> dict[str, str]:
    """One of pydantic's errors (``ValidationError.errors()``) as a member of ``errors``."""
    where, *path = problem["loc"]
    field = ".".join(str(part) for part in path) or where
    detail = f"{field}: {_value(problem)}{_message(problem)}"
    if where == "body":
        return {"pointer": "#/" + "/".join(str(part) for part in path), "detail": detail}
    return {"parameter": field, "detail": detail}


def _message(problem: dict[str, Any]) -> str:
    return _MESSAGES.get(problem["type"]) or demand(problem["msg"])


def _value(problem: dict[str, Any]) -> str:
    return "" if problem["type"] in _UNQUOTED else before(problem.get("input"))
