"""Events as rows of PostgreSQL's COPY text format: made once when an event is accepted, carried through the stream as they are.

A row has two parts. ``COLUMNS`` are what every release can store; ``MORE_COLUMNS`` came later and travel beside them, so that the
release before goes on storing what this one accepts, and this one what was accepted before.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import repeat
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl
from uuid import NAMESPACE_URL, uuid4, uuid5

from shared.collection.client import NOWHERE, Client, Place
from shared.collection.web_address import (
    MAX_PAGE,
    NOT_PRINTABLE,
    BadAddress,
    clean_referrer,
    decoded_path,
    host_name,
    split,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.collection.event import Event  # the worker imports this file and needs no pydantic

COLUMNS: Final = (
    "site_id", "id", "name", "timestamp", "visitor_id", "received_at",
    "hostname", "page", "referrer", "source", "country", "properties",
)  # fmt: skip
# What the release before does not know of an event: an entry carries it apart (``Entry.more``), a line for each row in the same
# order. `user_agent` is \N where it is not judged; `screen` is a class; `click_id` the kind and never the id; `engaged`
# (milliseconds), `scroll` (0 to 100) and `amount` may be \N; `excluded` is why the event is counted and not stored.
MORE_COLUMNS: Final = (
    "user_agent", "language", "screen", "region", "city",
    "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "click_id",
    "interactive", "engaged", "scroll", "amount", "currency", "title", "excluded",
)  # fmt: skip
DEFAULT_MORE: Final = b"\\N" + b"\t" * 11 + b"t\t\\N\t\\N\t\\N\t\t\t\n"
NULL: Final = "\\N"
MAX_TAG: Final = 200
MAX_CACHED: Final = 2048

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SOURCE_TAGS: Final = ("utm_source", "source", "ref")
_UTM_TAGS: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
_CLICK_IDS: Final = (
    "gclid", "gbraid", "wbraid", "dclid", "msclkid", "fbclid", "twclid", "ttclid", "li_fat_id", "yclid", "epik",
    "ScCid", "rdt_cid",
)  # fmt: skip
_UNMEASURED: Final = f"t\t{NULL}\t{NULL}\t{NULL}\t"
# The fields of an event that tell more than its addresses and its visitor do.
_TOLD_BESIDES: Final = frozenset(
    {
        "title", "revenue", "interactive", "engagement_time", "scroll_depth", "user_agent", "country", "language",
        "screen_width",
    }
)  # fmt: skip
_SCREENS: Final = ((576, "Mobile"), (992, "Tablet"), (1440, "Laptop"))
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What the events of one request have in common.

    Attributes
    ----------
    visitor_id
        counts those events that name neither a visitor nor a client of their own
    visitors
        the numbers of the clients that single events name
    place, user_agent, language
        of the client that sent the request, where that client is the visitor
    """

    site_id: int
    received_at: datetime
    visitor_id: int
    visitors: Mapping[Client, int] = field(default_factory=dict)
    place: Place = NOWHERE
    user_agent: str | None = None
    language: str = ""


@dataclass(frozen=True)
class Addresses:
    """What an event's two addresses tell: where it happened, where the visitor came from, and by which campaign."""

    hostname: str = ""
    page: str = ""
    referrer: str = ""
    source: str = ""
    utm: tuple[str, ...] = ("",) * len(_UTM_TAGS)
    click_id: str = ""

    @cached_property
    def columns(self) -> str:
        """In the order of ``COLUMNS``."""
        return "\t".join(map(_escape, (self.hostname, self.page, self.referrer, self.source)))

    @cached_property
    def campaign(self) -> str:
        """In the order of ``MORE_COLUMNS``."""
        return "\t".join(map(_escape, (*self.utm, self.click_id)))

    @cached_property
    def alone(self) -> str:
        """The further columns of an event that tells nothing more."""
        return f"{NULL}\t\t\t\t\t{self.campaign}\t{_UNMEASURED}\t\t\n"


def copy_rows(events: "Sequence[Event]", arrival: Arrival) -> bytes:
    """Rows in the order of ``COLUMNS``, one line each."""
    return pack(events, arrival)[0]


def pack(events: "Sequence[Event]", arrival: Arrival, excluded: "Sequence[str]" = ()) -> tuple[bytes, bytes]:
    """Rows in the order of ``COLUMNS`` and their further columns in the order of ``MORE_COLUMNS``, a line of each per event.

    The second is empty when all events have their defaults. ``excluded`` says of each event why its site leaves it out.
    """
    received = arrival.received_at.isoformat()
    rows, more = [], []
    for event, reason in zip(events, excluded or repeat(""), strict=False):
        found = addresses_of(event)
        if "visitor_id" in event and not reason and _TOLD_BESIDES.isdisjoint(event) and event["visitor_id"]:
            rows.append(_row(event, arrival, received, found, ""))
            more.append(found.alone)
        else:
            place = place_of_event(event, arrival)
            rows.append(_row(event, arrival, received, found, place.country))
            more.append(_more(event, arrival, found, place, reason))
    further = "".join(more).encode()
    return "".join(rows).encode(), b"" if further == DEFAULT_MORE * len(more) else further


def client_visitor_id(visitor: str) -> int:
    """The 64-bit number that stands for a visitor's id as the client sent it."""
    return signed_64_bits(visitor.encode(), key=b"client")


def signed_64_bits(data: bytes, *, key: bytes) -> int:
    """A keyed hash as PostgreSQL's bigint."""
    return int.from_bytes(blake2b(data, digest_size=8, key=key).digest(), "big", signed=True)


def _addresses(url: str, referrer: str, hash_mode: bool) -> Addresses:  # noqa: FBT001 -- a cache's key
    referrer, from_host = clean_referrer(referrer) if referrer else ("", "")
    if not url:
        return Addresses(referrer=referrer, source=from_host)
    parts = split(url)
    hostname = host_name(parts.hostname or "")
    page = decoded_path(parts.path or "/")
    if hash_mode and parts.fragment:
        page += "#" + NOT_PRINTABLE.sub("", parts.fragment)
    if len(page) > MAX_PAGE:
        raise BadAddress(f"the page's path has {len(page):,} characters: at most {MAX_PAGE:,}")
    if from_host == hostname:
        referrer = from_host = ""
    tags = _tags(parts.query)
    source = next((tags[name] for name in _SOURCE_TAGS if tags.get(name)), from_host)
    utm = tuple([tags.get(name, "") for name in _UTM_TAGS])
    click_id = next((name.lower() for name in _CLICK_IDS if name in tags), "")
    return Addresses(hostname, page, referrer, source, utm, click_id)


_cached_addresses = lru_cache(maxsize=20_000)(_addresses)


def _tags(query: str) -> dict[str, str]:
    """The parameters of a query, the first of each name; an id of a click counts as present and is not kept."""
    if "=" not in query:
        return {}
    return {name: NOT_PRINTABLE.sub("", value)[:MAX_TAG] for name, value in reversed(parse_qsl(query))}


def addresses_of(event: "Event") -> Addresses:
    """An event's addresses, taken apart. Raises ``BadAddress``."""
    url, referrer = event.get("url") or "", event.get("referrer") or ""
    if len(url) + len(referrer) > MAX_CACHED:
        return _addresses(url, referrer, bool(event.get("hash_mode")))
    return _cached_addresses(url, referrer, bool(event.get("hash_mode")))


def screen_class(width: int) -> str:
    """The class of a screen by its width in CSS pixels."""
    return next((name for below, name in _SCREENS if width < below), "Desktop")


def client_of_event(event: "Event") -> Client | None:
    """The client that an event itself names; None when it names none."""
    address, agent = event.get("address"), event.get("user_agent")
    return Client(address or "", agent or "") if address or agent is not None else None


def place_of_event(event: "Event", arrival: Arrival) -> Place:
    """Where an event's visitor was: what the event says, else where its request came from if the visitor sent that."""
    country = event.get("country")
    if country:
        return Place(country)
    return NOWHERE if event.get("visitor_id") or client_of_event(event) else arrival.place


def _row(event: "Event", arrival: Arrival, received: str, found: Addresses, country: str) -> str:
    identity = event.get("id")
    timestamp = event.get("timestamp")
    properties = event.get("properties")
    return (
        f"{arrival.site_id}\t{_identity(identity) if identity else uuid4()}\t{_escape(event['name'])}"
        f"\t{timestamp.isoformat() if timestamp else received}\t{_visitor_id(event, arrival)}\t{received}\t{found.columns}"
        f"\t{country}\t{_escape(_to_json(properties)) if properties else NULL}\n"
    )


def _visitor_id(event: "Event", arrival: Arrival) -> int:
    visitor = event.get("visitor_id")
    if visitor:
        return _client_visitor_id(visitor)
    client = client_of_event(event)
    return arrival.visitors[client] if client else arrival.visitor_id


_client_visitor_id = lru_cache(maxsize=20_000)(client_visitor_id)


def _more(event: "Event", arrival: Arrival, found: Addresses, place: Place, excluded: str) -> str:
    return (
        f"{_who(*_described(event, arrival))}\t{_escape(place.region)}\t{_escape(place.city)}\t{found.campaign}"
        f"\t{_measured(event)}\t{_escape(event.get('title') or '')}\t{excluded}\n"
    )


def _described(event: "Event", arrival: Arrival) -> tuple[str | None, str, int | None]:
    """User agent, language and screen of the visitor. The header of a server that sends for others describes nobody."""
    if event.get("visitor_id") or client_of_event(event):
        return event.get("user_agent"), event.get("language") or "", event.get("screen_width")
    agent = event.get("user_agent")
    return (
        arrival.user_agent if agent is None else agent,
        event.get("language") or arrival.language,
        event.get("screen_width"),
    )


@lru_cache(maxsize=5_000)
def _who(agent: str | None, language: str, width: int | None) -> str:
    header = NULL if agent is None else _escape(NOT_PRINTABLE.sub("", agent))
    return f"{header}\t{_escape(language)}\t{screen_class(width) if width else ''}"


def _measured(event: "Event") -> str:
    engaged, scroll, revenue = event.get("engagement_time"), event.get("scroll_depth"), event.get("revenue")
    return (
        f"{'f' if event.get('interactive') is False else 't'}"
        f"\t{NULL if engaged is None else engaged}"
        f"\t{NULL if scroll is None else scroll}"
        f"\t{NULL if revenue is None else revenue['amount']}"
        f"\t{'' if revenue is None else revenue['currency']}"
    )


def _identity(identity: str) -> str:
    """Table ``events`` keys on UUIDs: other ids become their UUIDv5, equal ids the same one."""
    return identity if _UUID.fullmatch(identity) else str(uuid5(NAMESPACE_URL, f"p09:event:{identity}"))


def _escape(text: str) -> str:
    # Tabs and line ends can't occur: control characters are refused, left out or, in JSON, written as escapes.
    return text.replace("\\", "\\\\")
