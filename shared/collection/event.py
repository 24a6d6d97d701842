"""What a client may send: the event model of `POST /v1/events`, and the reason when an event is refused."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, NotRequired

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

from shared.collection.names import PAGEVIEW
from shared.platform.refusals import before, demand

MAX_EVENTS: Final = 500
MAX_BYTES: Final = 1024 * 1024
MAX_PROPERTIES: Final = 30
MAX_AHEAD: Final = timedelta(minutes=5)
OLDEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

# Control characters have no place in any of these; PostgreSQL's text can't hold NUL at all.
_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
Text = Annotated[str, StringConstraints(pattern=_NO_CONTROLS, max_length=2048)]
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


def _only_text(value: object) -> object:
    if isinstance(value, str | datetime):
        return value
    raise ValueError("must be an ISO 8601 date and time, such as 2026-11-23T12:00:00Z")


Timestamp = Annotated[datetime, BeforeValidator(_only_text), Field(strict=False)]


@with_config(ConfigDict(extra="forbid", strict=True))
class Event(TypedDict):
    """One event as a client sends it. Without an ``id`` it is not protected against the client's own resend."""

    name: Name
    id: NotRequired[Identifier | None]
    timestamp: NotRequired[Timestamp | None]
    visitor_id: NotRequired[Identifier | None]
    url: NotRequired[Text | None]
    referrer: NotRequired[Text | None]
    properties: NotRequired[Properties | None]


class Rejection(TypedDict):
    """Why the event at ``index`` of a batch was not taken."""

    index: int
    error: str


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
        if timestamp.tzinfo is None:
            event["timestamp"] = timestamp = timestamp.replace(tzinfo=UTC)
        if timestamp > latest:
            shown = before(timestamp.isoformat())
            return f"timestamp: {shown}lies more than 5 minutes in the future; send the time of the event in UTC"
        if timestamp < OLDEST:
            return f"timestamp: {before(timestamp.isoformat())}lies before 1970"
    if event["name"] == PAGEVIEW and not event.get("url"):
        return "url: a pageview needs the address of its page"
    return None


def _reasons(error: ValidationError) -> str:
    """One line per field: a union (text or number) reports each of its members, which would only confuse."""
    reasons: dict[str, str] = {}
    for problem in error.errors(include_url=False):
        field = ".".join(str(part) for part in problem["loc"][: 2 if problem["loc"][:1] == ("properties",) else 1])
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
        message = "must not contain control characters"
    if field.startswith("properties.") and not kind.startswith(("string_too", "finite", "less", "greater")):
        message = "must be text, a number, true, false or null"
    return before(problem["input"]) + demand(message)
