"""What numbers are grouped and filtered by. A new dimension is one row of ``DIMENSIONS`` and one column of the data."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Dictionary:
    """A table of what visits are made of, and the column of ``visits`` that holds the number of a row in it."""

    table: Literal["acquisitions", "places", "devices"]
    number: Literal["acquisition", "place", "device"]


_ACQUISITIONS: Final = Dictionary("acquisitions", "acquisition")
_PLACES: Final = Dictionary("places", "place")
_DEVICES: Final = Dictionary("devices", "device")
_NOT_SET: Final = "(not set)"


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
        of the table ``events`` or ``visits`` or of the dictionary, in which it is text and never null
    dictionary
        for a visit's dimension: where its values are, if not in ``visits`` itself
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
    dictionary: Dictionary | None = None
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
        name="event:hostname",
        of="event",
        column="hostname",
        entry="hostname",
        empty=_NOT_SET,
        about="The host of the page.",
    ),
    Dimension(
        name="visit:entry_page",
        of="visit",
        column="entry_page",
        empty=_NOT_SET,
        about="The page of the visit's first pageview.",
    ),
    Dimension(
        name="visit:exit_page",
        of="visit",
        column="exit_page",
        empty=_NOT_SET,
        about="The page of the visit's last pageview.",
    ),
    Dimension(
        name="visit:entry_page_hostname",
        of="visit",
        column="hostname",
        empty=_NOT_SET,
        about="The host of the visit's first pageview.",
    ),
    Dimension(
        name="visit:exit_page_hostname",
        of="visit",
        column="exit_hostname",
        empty=_NOT_SET,
        about="The host of the visit's last pageview.",
    ),
    Dimension(
        name="visit:source",
        of="visit",
        column="source",
        empty="Direct / None",
        about="Where the visit came from: the tag in its first address, else the referrer's host, under the name that people know.",
    ),
    *(
        Dimension(name=f"visit:{name}", of="visit", column=name, dictionary=_ACQUISITIONS, empty=_NOT_SET, about=about)
        for name, about in (
            ("channel", "The way that brought the visit, such as `Organic Search` or `Paid Social`."),
            ("referrer", "The address that the visit came from, without its query."),
            ("utm_source", "The tag `utm_source` of the visit's first address."),
            ("utm_medium", "The tag `utm_medium`."),
            ("utm_campaign", "The tag `utm_campaign`."),
            ("utm_content", "The tag `utm_content`."),
            ("utm_term", "The tag `utm_term`."),
        )
    ),
    Dimension(
        name="visit:country",
        of="visit",
        column="country",
        blank=("", "ZZ"),
        empty="(unknown)",
        about="The visitor's country as its ISO 3166 code of two letters, such as `DE`.",
    ),
    *(
        Dimension(name=f"visit:{name}", of="visit", column=name, dictionary=_PLACES, empty="(unknown)", about=about)
        for name, about in (("region", "The visitor's region."), ("city", "The visitor's city."))
    ),
    *(
        Dimension(name=f"visit:{name}", of="visit", column=column, dictionary=_DEVICES, empty=_NOT_SET, about=about)
        for name, column, about in (
            ("browser", "browser", "The visitor's browser, such as `Chrome`."),
            ("browser_version", "browser_version", "The browser's major version."),
            ("os", "system", "The visitor's operating system, such as `Android`."),
            ("os_version", "system_version", "The operating system's major version."),
            ("device", "device", "`Desktop`, `Mobile`, `Tablet`, `TV`, `Console` or `Watch`."),
            ("screen", "screen", "The class of the visitor's screen, by its width."),
            ("language", "language", "The visitor's language, such as `en-GB`."),
        )
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
