"""Why a query is not answered: each reason with a pointer to the place in the request body."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from shared.platform.refusals import Fault, Refused

MAX_QUOTED: Final = 100
_MESSAGES: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a field that is known here",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
}


@dataclass(frozen=True)
class Problem:
    """``pointer`` is a JSON pointer as a URI fragment, such as ``#/metrics/1``: the form of RFC 9457."""

    pointer: str
    detail: str


class QueryRefused(Refused):
    """A query that is wrong, or that asks for what is not supported yet; ``problems`` says what and where."""

    def __init__(self, *problems: Problem) -> None:
        detail = "; ".join(f"{problem.pointer}: {problem.detail}" for problem in problems)
        super().__init__(detail, faults=tuple(Fault(one.detail, pointer=one.pointer[1:]) for one in problems))
        self.problems = problems

    @property
    def pointer(self) -> str:
        return self.problems[0].pointer

    @property
    def detail(self) -> str:
        return self.problems[0].detail


def refuse(detail: str, *location: str | int) -> QueryRefused:
    """The refusal of one place: ``refuse("is too long", "metrics", 1)`` points to ``#/metrics/1``."""
    return QueryRefused(Problem(pointer(location), detail))


def problems(errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Turn pydantic's errors (``ValidationError.errors()``) into problems, one for each place."""
    found: dict[str, Problem] = {}
    for error in errors:
        message = _MESSAGES.get(error["type"], error["msg"])
        message = message.removeprefix("Value error, ").removeprefix("Input ")
        problem = Problem(pointer(error["loc"]), message[:1].lower() + message[1:])
        found.setdefault(problem.pointer, problem)
    return list(found.values())


def pointer(location: Iterable[str | int]) -> str:
    return "#" + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def wrong(detail: str) -> PydanticCustomError:
    """What a validator raises: pydantic adds the place."""
    # JSON can carry half a surrogate pair in, but a response can't carry it out.
    printable = detail.encode(errors="backslashreplace").decode()
    return PydanticCustomError("refused", "{detail}", {"detail": printable})


def not_yet(what: str, instead: str = "") -> PydanticCustomError:
    """The refusal of what Plausible's language has and this one does not have yet; ``instead`` says what may be asked for."""
    return wrong(f"{what} is not supported yet" + (f": {instead}" if instead else ""))


def quoted(value: object) -> str:
    """A refused value as its sender wrote it, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"


def wrong_at(*faults: tuple[tuple[str | int, ...], str]) -> ValidationError:
    """What a model's validator raises for faults that lie in how fields fit together."""
    details = [InitErrorDetails(type=wrong(detail), loc=location, input=None) for location, detail in faults]
    return ValidationError.from_exception_data("Query", details)
