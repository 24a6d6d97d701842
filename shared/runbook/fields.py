"""The kinds of values that the runbook's data are made of."""

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Severity = Literal["page", "ticket"]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WindowName = Literal["calendar month", "calendar quarter", "rolling hour"]

_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}
_DURATION: Final = re.compile(r"([1-9][0-9]{0,5})([smhd])")


def _duration(value: object) -> timedelta:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError('must be a number and a unit, such as "5m", "6h" or "3d"')
    return int(found[1]) * _UNITS[found[2]]


def duration_text(length: timedelta) -> str:
    """As the runbook and PromQL write it, in the largest unit that it is a multiple of: 5m, 6h, 3d."""
    return next(f"{length // unit}{name}" for name, unit in _UNITS.items() if not length % unit)


def _exact(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number")  # noqa: TRY004 -- pydantic names the place of a ValueError
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("must be finite")
    return Fraction(value)


def _percent(value: Fraction) -> Fraction:
    if not 0 < value <= 100:  # noqa: PLR2004 -- percent are of a hundred
        raise ValueError("must be more than 0 and at most 100")
    return value


def _open_percent(value: Fraction) -> Fraction:
    if not 0 < value < 100:  # noqa: PLR2004 -- percent are of a hundred
        raise ValueError("must lie between 0 and 100: a target of 100% has no error budget")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Number = Annotated[Fraction, BeforeValidator(_exact)]
Percent = Annotated[Number, AfterValidator(_percent)]
OpenPercent = Annotated[Number, AfterValidator(_open_percent)]
Text = Annotated[str, Field(min_length=1)]
Hour = Annotated[int, Field(ge=0, le=23)]


class Section(BaseModel):
    # A section is built as a part of the whole runbook, not by itself as well: functions wait for it when they start.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True, defer_build=True)
