"""What pydantic says of a request, in the words of the other messages: the field, what it takes, what came instead."""

import re
from typing import Any, Final

from shared.platform.refusals import quoted

_MESSAGES: Final = {"missing": "is missing", "extra_forbidden": "is not a field that is known here"}
_SUBJECT: Final = re.compile(r"^(Input|[A-Z][a-z]+) should ")
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
    message = _MESSAGES.get(problem["type"], problem["msg"]).removeprefix("Value error, ")
    message = _SUBJECT.sub("must ", message)
    return message[:1].lower() + message[1:]


def _value(problem: dict[str, Any]) -> str:
    """The refused value, before what is said of it."""
    value = problem.get("input")
    quotable = isinstance(value, str | int | float) and problem["type"] not in _UNQUOTED
    return f"{quoted(value)} " if quotable else ""
