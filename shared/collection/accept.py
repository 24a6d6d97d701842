"""From a request's body to a stream entry: what is accepted, what is refused and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from shared.collection.entry import Entry
from shared.collection.event import MAX_EVENTS, Event, Rejection, validate
from shared.collection.rows import Arrival, BadUrl, copy_rows, place


class BadBatch(Exception):
    """The body as a whole can't be taken. ``pointer`` is a JSON pointer to the place; ``rejected`` the events' own reasons."""

    def __init__(self, detail: str, *, pointer: str = "", rejected: list[Rejection] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer
        self.rejected = rejected or []


class NotJson(Exception):
    """The body is no JSON; the message says where it breaks."""


@dataclass(frozen=True)
class Accepted:
    events: list[Event]
    rejected: list[Rejection]


def parse(body: bytes) -> Any:
    """Parse a body. Raises ``NotJson``."""
    try:
        return from_json(body)
    except ValueError as error:
        raise NotJson(str(error)) from error


def read_batch(body: bytes, now: datetime) -> Accepted:
    """Take a batch apart: at least one event must be good.

    Raises
    ------
    NotJson
        the body is no JSON
    BadBatch
        no batch, too many events, or none of them acceptable
    """
    document = parse(body)
    if not isinstance(document, dict) or not isinstance(document.get("events"), list):
        raise BadBatch('send {"events": [ … ]}', pointer="/events")
    unknown = sorted(set(document) - {"events"})
    if unknown:
        raise BadBatch("is not a field of a batch", pointer=f"/{unknown[0]}")
    events = document["events"]
    if not events:
        raise BadBatch("a batch needs at least one event", pointer="/events")
    if len(events) > MAX_EVENTS:
        raise BadBatch(f"{len(events)} events: at most {MAX_EVENTS} in one batch, send several", pointer="/events")
    return _with_good_addresses(*validate(events, now))


def _with_good_addresses(taken: list[tuple[int, Event]], rejected: list[Rejection]) -> Accepted:
    events = []
    for index, event in taken:
        try:
            place(event.get("url") or "", event.get("referrer") or "")
        except BadUrl as error:
            rejected.append({"index": index, "error": f"url: {error}"})
        else:
            events.append(event)
    rejected.sort(key=lambda rejection: rejection["index"])
    if not events:
        raise BadBatch("none of the events is acceptable", rejected=rejected)
    return Accepted(events, rejected)


def needs_visitor(events: Sequence[Event]) -> bool:
    """Whether some event carries no visitor of its own."""
    return not all(event.get("visitor_id") for event in events)


def make_entry(
    events: Sequence[Event],
    *,
    site_id: int,
    organisation: UUID,
    now: datetime,
    visitor_id: int,
    country: str,
    request_id: str,
) -> Entry:
    """Pack accepted events; ``visitor_id`` stands for those who carry none."""
    arrival = Arrival(site_id=site_id, received_at=now, visitor_id=visitor_id, country=country)
    return Entry(
        site_id=site_id,
        organisation=organisation,
        events=len(events),
        rows=copy_rows(events, arrival),
        request_id=request_id,
    )
