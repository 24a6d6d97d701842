"""What the product refuses, in four families. Subjects raise or subclass them, `shared/http/problems.py` answers them."""

import re
from dataclasses import dataclass
from typing import Any, Final

_LONGEST_QUOTE: Final = 100
_SUBJECT: Final = re.compile(r"^(Input|[A-Z][a-z]+) should ")


@dataclass(frozen=True)
class Fault:
    """One place to mend: ``pointer`` is a JSON pointer into the body, such as ``/metrics/1``, ``parameter`` one of the query."""

    detail: str
    pointer: str = ""
    parameter: str = ""


class Refusal(Exception):
    """``detail`` says what is wrong and how to mend it, ``faults`` where; ``members`` say the same to programs.

    Parameters
    ----------
    field
        The field of the body that is to be mended, when it is one.
    parameter
        The parameter of the query that is to be mended, when it is one.
    """

    def __init__(
        self, detail: str, field: str = "", *, parameter: str = "", faults: tuple[Fault, ...] = (), **members: Any
    ) -> None:
        super().__init__(detail)
        self.members = members
        self.faults = faults
        if field or parameter:
            self.faults = (Fault(detail, pointer=f"/{field}" if field else "", parameter=parameter), *faults)


class Refused(Refusal):
    """A value that can't be taken, whoever sends it and whenever."""


class NotNow(Refusal):
    """What was asked for does not fit how things are now."""


class NotAllowed(Refusal):
    """Somebody else may do it, the caller may not."""


class Unknown(Refusal):
    """There is nothing of this name."""


def demand(message: str) -> str:
    """What pydantic says of a value ("Value error, …", "Input should be …"), as what it must be."""
    plain = _SUBJECT.sub("must ", message.removeprefix("Value error, "))
    return plain[:1].lower() + plain[1:]


def before(value: object) -> str:
    """A refused value, quoted, to stand before what is said of it; nothing where it is neither text nor a number."""
    return f"{quoted(value)} " if isinstance(value, str | int | float) else ""


def quoted(value: object) -> str:
    """A refused value as a message quotes it: readable, in quotes, and never longer than a line."""
    text = value if isinstance(value, str) else repr(value)
    # JSON can carry half a surrogate pair in, but a response can't carry it out.
    printable = text.encode(errors="backslashreplace").decode()
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in printable)
    return f"'{shown[:_LONGEST_QUOTE]}…'" if len(shown) > _LONGEST_QUOTE else f"'{shown}'"
