"""From a request's body to a stream entry: what is accepted, what is refused and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.collection.client import Client, Sender
from shared.collection.entry import Entry
from shared.collection.event import MAX_EVENTS, Event, Rejection, validate
from shared.collection.exclusions import Exclusions
from shared.collection.rows import Arrival, addresses_of, client_of_event, pack, place_of_event
from shared.collection.web_address import BadAddress
from shared.platform.refusals import Fault, Refused, quoted


class NoneAccepted(Refused):
    """No event of a batch can be taken; ``rejected`` has each one's reason."""

    def __init__(self, rejected: list[Rejection]) -> None:
        faults = tuple(
            Fault(one["error"], pointer=f"/events/{one['index']}/{one['error'].partition(':')[0].replace('.', '/')}")
            for one in rejected
        )
        super().__init__("none of the events is acceptable", faults=faults, accepted=0, rejected=rejected)


@dataclass(frozen=True)
class Accepted:
    events: list[Event]
    rejected: list[Rejection]


def read_batch(document: object, now: datetime) -> Accepted:
    """Take a batch apart: at least one event must be good.

    Raises
    ------
    Refused
        no batch, too many events, or none of them acceptable
    """
    if not isinstance(document, dict) or not isinstance(document.get("events"), list):
        raise Refused('send {"events": [ … ]}', "events")
    unknown = sorted(set(document) - {"events"})
    if unknown:
        raise Refused(f"{quoted(unknown[0])} is not a field of a batch: it has the field events only", unknown[0])
    events = document["events"]
    if not events:
        raise Refused("a batch needs at least one event", "events")
    if len(events) > MAX_EVENTS:
        raise Refused(f"{len(events)} events: at most {MAX_EVENTS} in one batch, send several", "events")
    return _with_good_addresses(*validate(events, now))


def _with_good_addresses(taken: list[tuple[int, Event]], rejected: list[Rejection]) -> Accepted:
    events = []
    for index, event in taken:
        try:
            addresses_of(event)
        except BadAddress as error:
            rejected.append({"index": index, "error": f"url: {error}"})
        else:
            events.append(event)
    rejected.sort(key=lambda rejection: rejection["index"])
    if not events:
        raise NoneAccepted(rejected)
    return Accepted(events, rejected)


def clients_of(events: Sequence[Event], sender: Sender) -> list[Client]:
    """The clients by whom those events are counted that name no visitor."""
    return [client_of_event(event) or sender.client for event in events if not event.get("visitor_id")]


def make_entry(
    events: Sequence[Event],
    *,
    site_id: int,
    organisation: UUID,
    now: datetime,
    sender: Sender,
    visitors: Mapping[Client, int],
    exclusions: Exclusions,
    request_id: str,
) -> Entry:
    """Pack accepted events; ``visitors`` has the number of each of ``clients_of(events, sender)``."""
    arrival = Arrival(
        site_id=site_id,
        received_at=now,
        visitor_id=visitors.get(sender.client, 0),
        visitors=visitors,
        place=sender.place,
        user_agent=sender.user_agent,
        language=sender.language,
    )
    excluded = [_excluded(event, arrival, sender, exclusions) for event in events] if exclusions else ()
    rows, more = pack(events, arrival, excluded)
    return Entry(
        site_id=site_id,
        organisation=organisation,
        events=len(events),
        rows=rows,
        more=more,
        request_id=request_id,
    )


def _excluded(event: Event, arrival: Arrival, sender: Sender, exclusions: Exclusions) -> str:
    addresses = addresses_of(event)
    client = client_of_event(event) or (None if event.get("visitor_id") else sender.client)
    return exclusions.reason(
        address=client.address if client else "",
        hostname=addresses.hostname,
        page=addresses.page,
        country=place_of_event(event, arrival).country,
    )
