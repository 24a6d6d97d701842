"""Events as rows of PostgreSQL's COPY text format: made once when an event is accepted, carried through the stream as they are."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import NAMESPACE_URL, uuid4, uuid5

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.collection.event import Event  # the worker imports this file and needs no pydantic

COLUMNS: Final = (
    "site_id", "id", "name", "timestamp", "visitor_id", "received_at",
    "hostname", "page", "referrer", "source", "country", "properties",
)  # fmt: skip
# What the release before does not know of an event: an entry carries it apart (``Entry.more``), a line for each row in the same
# order. `user_agent` is \N where it is not judged; `screen` is a class; `click_id` the kind and never the id; `engaged` (milliseconds),
# `scroll` (0 to 100) and `amount` may be \N; `excluded` is the reason why the event is counted and not stored.
MORE_COLUMNS: Final = (
    "user_agent", "language", "screen", "region", "city",
    "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "click_id",
    "interactive", "engaged", "scroll", "amount", "currency", "title", "excluded",
)  # fmt: skip
DEFAULT_MORE: Final = b"\\N" + b"\t" * 11 + b"t\t\\N\t\\N\t\\N\t\t\t\n"
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SOURCE_PARAMETERS: Final = ("utm_source", "source", "ref")
_NULL: Final = "\\N"
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class BadUrl(ValueError):
    """The URL of an event has no host."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What all events of one request have in common. ``visitor_id`` counts those who send none."""

    site_id: int
    received_at: datetime
    visitor_id: int
    country: str = ""


@dataclass(frozen=True)
class Place:
    """Where an event happened and where the visitor came from, derived from two addresses."""

    hostname: str
    page: str
    referrer: str
    source: str


def copy_rows(events: "Iterable[Event]", arrival: Arrival) -> bytes:
    """Rows in the order of ``COLUMNS``, one line each; columns are the ones of table ``events``."""
    received = arrival.received_at.isoformat()
    return "".join([_row(event, arrival, received) for event in events]).encode()


def client_visitor_id(visitor: str) -> int:
    """The 64-bit number that stands for a visitor's id as the client sent it."""
    return signed_64_bits(visitor.encode(), key=b"client")


def signed_64_bits(data: bytes, *, key: bytes) -> int:
    """A keyed hash as PostgreSQL's bigint."""
    return int.from_bytes(blake2b(data, digest_size=8, key=key).digest(), "big", signed=True)


@lru_cache(maxsize=20_000)
def place(url: str, referrer: str) -> Place:
    """Take two addresses apart. Raises ``BadUrl`` when ``url`` is given but is no absolute address."""
    if not url:
        return Place("", "", referrer, _host(referrer))
    try:
        parts = urlsplit(url)
        hostname = parts.hostname
    except ValueError as error:
        raise BadUrl(f"{url[:100]} is not an address: {error}") from error
    if not hostname:
        raise BadUrl(f"{url[:100]!r} must be absolute, such as https://example.com/page")
    from_host = _host(referrer)
    if from_host == hostname.removeprefix("www."):
        referrer = from_host = ""
    tags = dict(reversed(parse_qsl(parts.query, max_num_fields=100))) if "=" in parts.query else {}
    source = next((tags[name] for name in _SOURCE_PARAMETERS if tags.get(name)), from_host)
    return Place(hostname, parts.path or "/", referrer, _printable(source))


@lru_cache(maxsize=20_000)
def _host(referrer: str) -> str:
    try:
        return (urlsplit(referrer).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _row(event: "Event", arrival: Arrival, received: str) -> str:
    identity = event.get("id")
    timestamp = event.get("timestamp")
    visitor = event.get("visitor_id")
    properties = event.get("properties")
    return (
        "\t".join(
            (
                str(arrival.site_id),
                _identity(identity) if identity else str(uuid4()),
                _escape(event["name"]),
                timestamp.isoformat() if timestamp else received,
                str(_visitor(visitor) if visitor else arrival.visitor_id),
                received,
                _place_columns(event.get("url") or "", event.get("referrer") or ""),
                arrival.country,
                _escape(_to_json(properties)) if properties else _NULL,
            )
        )
        + "\n"
    )


_visitor = lru_cache(maxsize=20_000)(client_visitor_id)


@lru_cache(maxsize=20_000)
def _place_columns(url: str, referrer: str) -> str:
    found = place(url, referrer)
    return "\t".join(_escape(part) for part in (found.hostname, found.page, found.referrer, found.source))


def _identity(identity: str) -> str:
    """Table ``events`` keys on UUIDs: other ids become their UUIDv5, equal ids the same one."""
    return identity if _UUID.fullmatch(identity) else str(uuid5(NAMESPACE_URL, f"p09:event:{identity}"))


def _escape(text: str) -> str:
    # Tabs and line ends can't occur: control characters are refused or, in JSON, written as escapes.
    return text.replace("\\", "\\\\")


def _printable(text: str) -> str:
    return "".join(character for character in text[:200] if character >= " " and character != "\x7f")
