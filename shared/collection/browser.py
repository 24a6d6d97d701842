"""Plausible's public Events API (https://plausible.io/docs/events-api), so that its trackers and SDKs work unchanged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.collection.accept import BadBatch, parse
from shared.collection.event import Event, validate
from shared.collection.rows import BadUrl, place

# Long and short names of the same field; trackers send further fields, which are of no use here.
_FIELDS: Final = {
    "name": ("name", "n"),
    "url": ("url", "u"),
    "domain": ("domain", "d"),
    "referrer": ("referrer", "r"),
}
_PROPERTIES: Final = ("props", "p", "meta", "m")


@dataclass(frozen=True)
class BrowserEvent:
    """An event for one or more sites, named by their domains."""

    domains: list[str]
    event: Event
    hostname: str


def read_browser_event(body: bytes, now: datetime) -> BrowserEvent:
    """Read what a tracker sends, whatever its content type. Raises ``NotJson`` or ``BadBatch``."""
    document = parse(body)
    if not isinstance(document, dict):
        raise BadBatch('send an object such as {"name": "pageview", "url": …, "domain": …}')
    found = {field: _first(document, names) for field, names in _FIELDS.items()}
    domains = found.pop("domain")
    if not isinstance(domains, str) or not domains.strip():
        raise BadBatch("name the site's domain", pointer="/domain")
    event = {field: value for field, value in found.items() if value is not None}
    event["properties"] = _properties(document)
    taken, rejected = validate([event], now)
    if rejected:
        field, _, reason = rejected[0]["error"].partition(": ")
        raise BadBatch(reason, pointer=f"/{field.replace('.', '/').replace('properties', 'props')}")
    try:
        hostname = place(taken[0][1].get("url") or "", "").hostname
    except BadUrl as error:
        raise BadBatch(str(error), pointer="/url") from error
    return BrowserEvent([domain.strip() for domain in domains.split(",")], taken[0][1], hostname)


def _first(document: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((document[name] for name in names if document.get(name) is not None), None)


def _properties(document: dict[str, Any]) -> Any:
    """Properties are an object, or, from older trackers, an object as text."""
    properties = _first(document, _PROPERTIES)
    return parse(properties.encode()) if isinstance(properties, str) and properties else properties or {}
