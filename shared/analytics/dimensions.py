"""What numbers are grouped and filtered by. A new dimension is one row of ``DIMENSIONS`` and one column of the data."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """A property of events or of visits.

    Attributes
    ----------
    of
        whether its filter chooses events, or visits with all their events
    about
        what it is, for the API's documentation
    column
        of the table ``events`` or ``visits``, in which it is text and never null
    entry
        for an event's dimension: the column of ``visits`` that keeps the value with which a visit began
    blank
        the stored values that mean "no value"
    empty
        what a group without a value is called, in results and in filters alike; None leaves that group out of results
    """

    name: str
    of: Literal["event", "visit"]
    about: str
    column: str
    entry: str = ""
    blank: tuple[str, ...] = ("",)
    empty: str | None = None


_TABLE: Final = (
    Dimension(
        name="event:page",
        of="event",
        column="page",
        entry="entry_page",
        about="The path of the page.",
    ),
    Dimension(
        name="visit:source",
        of="visit",
        column="source",
        empty="Direct / None",
        about="Where the visit came from: the tag in its first address, else the referrer's host.",
    ),
    Dimension(
        name="visit:country",
        of="visit",
        column="country",
        blank=("", "ZZ"),
        empty="(unknown)",
        about="The visitor's country as its ISO 3166 code of two letters, such as `DE`.",
    ),
)
DIMENSIONS: Final = {dimension.name: dimension for dimension in _TABLE}


def described() -> str:
    """All dimensions in words, for the API's documentation."""
    lines = [f"`{each.name}`: {each.about}{_without_value(each)}" for each in DIMENSIONS.values()]
    return "\n".join(f"- {line}" for line in lines)


def _without_value(dimension: Dimension) -> str:
    if dimension.empty is None:
        return " Events without one are in no row."
    return f" Without one it is `{dimension.empty}`, also in filters."
