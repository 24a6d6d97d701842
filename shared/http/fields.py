"""Kinds of values that requests carry: each says in words what it takes, and numbers and times have bounds."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, AwareDatetime, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2999


@dataclass(frozen=True)
class Form:
    """The form of a text: ``pattern`` for programs (it stands in OpenAPI), ``words`` for people, after "must be".

    What is not ``quotable`` is not quoted back when it is refused, such as a token.
    """

    pattern: str
    words: str
    quotable: bool = True

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"pattern": self.pattern}

    def _check(self, text: str) -> str:
        if re.fullmatch(self.pattern, text, re.ASCII) is None:
            raise PydanticCustomError(
                "form" if self.quotable else "unquoted_form", "must be {words}", {"words": self.words}
            )
        return text


ONE_LINE: Final = Form(r"^[^\x00-\x1f\x7f]*$", "one line, without control characters")
LINES: Final = Form(r"^[^\x00-\x09\x0b-\x1f\x7f]*$", "text without control characters")
COMPONENT: Final = Form("^[a-z_]{1,64}$", "a component's id, such as analytics")

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), ONE_LINE]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), LINES]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), ONE_LINE]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=6, max_length=200),
    Form(
        r"^[A-Za-z0-9._%+'-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}$",
        "an e-mail address, such as ada@example.com",
    ),
]


T = TypeVar("T", datetime, date)


def _in_bounds(moment: T) -> T:
    # At the ends of the calendar a moment has no neighbour, and in UTC perhaps no name.
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise PydanticCustomError("moment", f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_bounds)]
"""A time with its offset, such as Z."""
Day = Annotated[date, AfterValidator(_in_bounds)]
