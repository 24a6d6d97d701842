"""Plausible's public Events API (https://plausible.io/docs/events-api), so that its trackers and SDKs work unchanged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic_core import from_json

from shared.collection.event import Event, validate
from shared.collection.rows import BadUrl, place
from shared.platform.refusals import Refused

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


def read_browser_event(document: object, now: datetime) -> BrowserEvent:
    """Read what a tracker sends. Raises ``Refused``."""
    if not isinstance(document, dict):
        raise Refused('send an object such as {"name": "pageview", "url": …, "domain": …}')
    found = {field: _first(document, names) for field, names in _FIELDS.items()}
    domains = found.pop("domain")
    if not isinstance(domains, str) or not domains.strip():
        raise Refused("name the site's domain", "domain")
    event = {field: value for field, value in found.items() if value is not None}
    event["properties"] = _properties(document)
    taken, rejected = validate([event], now)
    if rejected:
        field, _, reason = rejected[0]["error"].partition(": ")
        raise Refused(reason, field.replace(".", "/").replace("properties", "props"))
    try:
        hostname = place(taken[0][1].get("url") or "", "").hostname
    except BadUrl as error:
        raise Refused(str(error), "url") from error
    return BrowserEvent([domain.strip() for domain in domains.split(",")], taken[0][1], hostname)


def _first(document: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((document[name] for name in names if document.get(name) is not None), None)


def _properties(document: dict[str, Any]) -> Any:
    """Properties are an object, or, from older trackers, an object as text."""
    properties = _first(document, _PROPERTIES)
    if not isinstance(properties, str) or not properties:
        return properties or {}
    try:
        return from_json(properties)
    except ValueError as error:
        raise Refused(f"the text is not JSON: {error}", "props") from error
