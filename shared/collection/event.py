"""What a client may send: the event model of `POST /v1/events`, and the reason when an event is refused."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, NotRequired

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    with_config,
)
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

from shared.collection.client import MAX_USER_AGENT
from shared.collection.client_address import address_of
from shared.collection.names import PAGEVIEW
from shared.platform.refusals import before, demand

MAX_EVENTS: Final = 500
MAX_BYTES: Final = 1024 * 1024
MAX_PROPERTIES: Final = 30
MAX_AHEAD: Final = timedelta(minutes=5)
OLDEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MAX_TITLE: Final = 300
MAX_ENGAGEMENT: Final = 24 * 60 * 60 * 1000
MAX_AMOUNT: Final = 1e12
MAX_SCREEN: Final = 100_000

# Control characters have no place in any of these; PostgreSQL's text can't hold NUL at all.
_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
# How long an address may be is said by the body's limit alone: a query is cut where it is too long, and no reason to refuse.
Url = Annotated[str, StringConstraints(pattern=_NO_CONTROLS)]
Name = Annotated[str, StringConstraints(pattern=_NO_CONTROLS, min_length=1, max_length=120)]
Identifier = Annotated[
    str,
    Field(strict=False, coerce_numbers_to_str=True),
    StringConstraints(min_length=1, max_length=200, pattern=_NO_CONTROLS),
]
PropertyName = Annotated[str, StringConstraints(pattern=_NO_CONTROLS, min_length=1, max_length=300)]
PropertyText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=2000)]
PropertyInteger = Annotated[int, Field(ge=-(2**63), lt=2**63)]
PropertyNumber = Annotated[float, Field(allow_inf_nan=False)]
Scalar = PropertyText | bool | PropertyInteger | PropertyNumber | None
Properties = Annotated[dict[PropertyName, Scalar], Field(max_length=MAX_PROPERTIES)]


# A date *and* a time, extended or basic; whether there is such a moment is Python's to say.
_MOMENT: Final = re.compile(
    r"(?:\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?|\d{8}[Tt]\d{4}(?:\d\d(?:[.,]\d{1,9})?)?)"
    r"(?:[Zz]|[+-]\d\d(?::?\d\d)?)?"
)
_TIME_EXPECTED: Final = "must be an ISO 8601 date and time, such as 2026-11-23T12:00:00Z"


def read_moment(value: object) -> datetime:
    """A date and time of ISO 8601; without a zone it is UTC's. Raises ``ValueError``."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value.replace("z", "Z"))
        except ValueError as error:
            raise ValueError(f"{_TIME_EXPECTED}: {error}") from error
    else:
        raise ValueError(_TIME_EXPECTED)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _read_address(value: str) -> str:
    address = address_of(value)
    if not address:
        raise ValueError("must be an address of IPv4 or IPv6, such as 203.0.113.9")
    return address


def _language(value: str) -> str:
    language = language_of(value)
    if not language:
        raise ValueError("must be a language tag, such as de or pt-BR")
    return language


_LANGUAGE: Final = re.compile(r"\s*([A-Za-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Za-z]{2}|\d{3}))?(?![A-Za-z0-9])")


def language_of(accepted: str) -> str:
    """The first language that a tag or an ``Accept-Language`` header names, as ``de`` or ``pt-BR``; empty when it names none."""
    found = _LANGUAGE.match(accepted)
    if not found:
        return ""
    return found[1].lower() + (f"-{found[2].upper()}" if found[2] else "")


def _cut(length: int) -> Any:
    return AfterValidator(lambda text: text[:length])


Timestamp = Annotated[datetime, BeforeValidator(read_moment), Field(strict=False)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_upper=True)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{3}$", to_upper=True)]
Amount = Annotated[float, Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT, allow_inf_nan=False)]


@with_config(ConfigDict(extra="forbid", strict=True))
class Revenue(TypedDict):
    """What somebody paid: an amount in the currency's main unit, to three decimals, and the currency's ISO 4217 code."""

    amount: Amount
    currency: Currency


@with_config(ConfigDict(extra="forbid", strict=True))
class Event(TypedDict):
    """One event as a client sends it. Without an ``id`` it is not protected against the client's own resend.

    ``engagement_time`` (milliseconds) and ``scroll_depth`` (percent) belong to engagement events. ``user_agent``, ``address``,
    ``country``, ``language`` and ``screen_width`` (CSS pixels) are the visitor's, where a server sends for its visitors.
    """

    name: Name
    id: NotRequired[Identifier | None]
    timestamp: NotRequired[Timestamp | None]
    visitor_id: NotRequired[Identifier | None]
    url: NotRequired[Url | None]
    hash_mode: NotRequired[bool | None]
    referrer: NotRequired[str | None]
    title: NotRequired[Annotated[str, StringConstraints(pattern=_NO_CONTROLS), _cut(MAX_TITLE)] | None]
    properties: NotRequired[Properties | None]
    revenue: NotRequired[Revenue | None]
    interactive: NotRequired[bool | None]
    engagement_time: NotRequired[Annotated[int, Field(ge=0, le=MAX_ENGAGEMENT)] | None]
    scroll_depth: NotRequired[Annotated[int, Field(ge=0, le=100)] | None]
    user_agent: NotRequired[Annotated[str, StringConstraints(pattern=_NO_CONTROLS), _cut(MAX_USER_AGENT)] | None]
    address: NotRequired[Annotated[str, AfterValidator(_read_address)] | None]
    country: NotRequired[Country | None]
    language: NotRequired[Annotated[str, AfterValidator(_language)] | None]
    screen_width: NotRequired[Annotated[int, Field(ge=1, le=MAX_SCREEN)] | None]


class Rejection(TypedDict):
    """Why the event at ``index`` of a batch was not taken."""

    index: int
    error: str


_PATTERNS: Final = {
    "country": "must be the two letters of ISO 3166-1, such as DE",
    "revenue.currency": "must be the three letters of ISO 4217, such as EUR",
}
_NESTED: Final = (("properties",), ("revenue",))
_LONGEST_NAME: Final = 320  # of a property, which is the longest that is taken
_EVENT: Final = TypeAdapter(Event)
_EVENTS: Final = TypeAdapter(list[Event])


def validate(events: list[Any], now: datetime) -> tuple[list[tuple[int, Event]], list[Rejection]]:
    """Split a batch into what is taken (with its index) and what is refused (with a reason for each).

    ``now`` (UTC) bounds the future: an event more than five minutes ahead is refused.
    """
    try:
        taken = list(enumerate(_EVENTS.validate_python(events)))
        rejected: list[Rejection] = []
    except ValidationError:
        taken, rejected = _validate_each(events)
    latest = now + MAX_AHEAD
    accepted = []
    for index, event in taken:
        reason = _refusal(event, latest)
        if reason is None:
            accepted.append((index, event))
        else:
            rejected.append({"index": index, "error": reason})
    rejected.sort(key=lambda rejection: rejection["index"])
    return accepted, rejected


def _validate_each(events: list[Any]) -> tuple[list[tuple[int, Event]], list[Rejection]]:
    taken: list[tuple[int, Event]] = []
    rejected: list[Rejection] = []
    for index, event in enumerate(events):
        try:
            taken.append((index, _EVENT.validate_python(event)))
        except ValidationError as error:
            rejected.append({"index": index, "error": _reasons(error)})
    return taken, rejected


def _refusal(event: Event, latest: datetime) -> str | None:
    timestamp = event.get("timestamp")
    if timestamp is not None:
        if timestamp > latest:
            shown = before(timestamp.isoformat())
            return f"timestamp: {shown}lies more than 5 minutes in the future; send the time of the event in UTC"
        if timestamp < OLDEST:
            shown = before(timestamp.isoformat())
            return f"timestamp: {shown}lies before {OLDEST:%Y-%m-%d}; send the time of the event in UTC"
    if event["name"] == PAGEVIEW and not event.get("url"):
        return "url: a pageview needs the address of its page"
    return None


def _reasons(error: ValidationError) -> str:
    """One line per field: a union (text or number) reports each of its members, which would only confuse."""
    reasons: dict[str, str] = {}
    for problem in error.errors(include_url=False):
        field = ".".join(str(part) for part in problem["loc"][: 2 if problem["loc"][:1] in _NESTED else 1])
        reasons.setdefault(field, _reason(field, problem))
    return "; ".join(f"{_named(field)}{reason}" for field, reason in reasons.items())


def _named(field: str) -> str:
    """Its name before a reason; as much of it as a line holds, where the client has made it up."""
    shown = f"{field[:_LONGEST_NAME]}…" if len(field) > _LONGEST_NAME else field
    return f"{shown}: " if shown else ""


def _reason(field: str, problem: ErrorDetails) -> str:
    kind, message = problem["type"], problem["msg"]
    if kind == "extra_forbidden":
        return "is not a field of an event"
    if kind == "missing":
        return "is missing"
    if field == "properties" and kind == "too_long":
        return f"at most {MAX_PROPERTIES} properties"
    if kind == "string_pattern_mismatch":
        message = _PATTERNS.get(field, "must not contain control characters")
    if field.startswith("properties.") and not kind.startswith(("string_too", "finite", "less", "greater")):
        message = "must be text, a number, true, false or null"
    return before(problem["input"]) + demand(message)
