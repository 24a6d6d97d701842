"""Plausible's public Events API (https://plausible.io/docs/events-api), so that its trackers and SDKs work unchanged.

What a page sends may be too much or of the wrong kind: such a part is left out and told, and the event counts all the same.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.collection.event import (
    MAX_AMOUNT,
    MAX_ENGAGEMENT,
    MAX_PROPERTIES,
    MAX_SCREEN,
    Event,
    validate,
)
from shared.collection.names import ENGAGEMENT
from shared.collection.rows import addresses_of
from shared.collection.web_address import BadAddress
from shared.platform import json_text
from shared.platform.refusals import Refused

# Long and short names of the same field, as the documentation and the trackers of several years have them.
_NAME: Final = ("name", "n")
_URL: Final = ("url", "u")
_DOMAIN: Final = ("domain", "d")
_REFERRER: Final = ("referrer", "r")
_PROPERTIES: Final = ("props", "p", "meta", "m")
_REVENUE: Final = ("revenue", "$")
_INTERACTIVE: Final = ("interactive", "i")
_HASH_MODE: Final = ("hashMode", "hash_mode", "h")
_ENGAGEMENT_TIME: Final = ("engagement_time", "e")
_SCROLL_DEPTH: Final = ("scroll_depth", "sd")
_SCREEN_WIDTH: Final = ("screen_width", "w")
_MAX_PROPERTY_NAME: Final = 300
_MAX_PROPERTY_VALUE: Final = 2000
_MAX_SCROLL: Final = 100
_CURRENCY_LENGTH: Final = 3
_NUL: Final = "\x00"


@dataclass(frozen=True)
class BrowserEvent:
    """An event for one or more sites, named by their domains; ``left_out`` tells what of it was not taken."""

    domains: list[str]
    event: Event
    left_out: list[str]


def read_browser_event(document: object, now: datetime) -> BrowserEvent:
    """Read what a tracker sends. Raises ``Refused``."""
    if not isinstance(document, dict):
        raise Refused('send an object such as {"name": "pageview", "url": …, "domain": …}')
    domains = _first(document, _DOMAIN)
    if not isinstance(domains, str) or not domains.strip():
        raise Refused("name the site's domain", "domain")
    left_out: list[str] = []
    sent: dict[str, Any] = {
        "id": _text(document.get("id")),
        "name": _first(document, _NAME),
        "url": _first(document, _URL),
        "referrer": _text(_first(document, _REFERRER)),
        "hash_mode": bool(_first(document, _HASH_MODE)),
        "interactive": _first(document, _INTERACTIVE) not in (False, 0, "false"),
        "properties": _properties(document, left_out),
        "revenue": _revenue(document, left_out),
        "screen_width": _whole(_first(document, _SCREEN_WIDTH), 1, MAX_SCREEN),
    }
    if sent["name"] == ENGAGEMENT:
        sent["engagement_time"] = _whole(_first(document, _ENGAGEMENT_TIME), 0, MAX_ENGAGEMENT)
        depth = _whole(_first(document, _SCROLL_DEPTH), 0, 255)
        sent["scroll_depth"] = depth if depth is not None and depth <= _MAX_SCROLL else None  # 255 is "not known"
    event = _validated({field: value for field, value in sent.items() if value is not None}, now)
    try:
        addresses_of(event)
    except BadAddress as error:
        raise Refused(str(error), "url") from error
    return BrowserEvent([domain.strip() for domain in domains.split(",") if domain.strip()], event, left_out)


def _validated(event: dict[str, Any], now: datetime) -> Event:
    taken, rejected = validate([event], now)
    if rejected:
        field, _, reason = rejected[0]["error"].partition(": ")
        raise Refused(reason, field.replace(".", "/").replace("properties", "props"))
    return taken[0][1]


def _first(document: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((document[name] for name in names if document.get(name) is not None), None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: object, least: int, most: int) -> int | None:
    """A number that a page measured, brought into its bounds; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return max(least, min(most, round(value)))


def _object(value: object, field: str, left_out: list[str]) -> dict[str, Any]:
    """An object, or, from older trackers, an object as text; empty, and told, when it is neither."""
    if isinstance(value, str) and value:
        try:
            value = json_text.read(value.encode())
        except ValueError:
            value = None
    if isinstance(value, dict):
        return value
    left_out.append(f"{field}: must be an object of names and values")
    return {}


def _properties(document: dict[str, Any], left_out: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in _object(_first(document, _PROPERTIES) or {}, "props", left_out).items():
        if not _is_property(name, value):
            left_out.append(f"property {name[:50]!r}: must be text, a number, true, false or null")
        elif len(kept) < MAX_PROPERTIES:
            kept[name[:_MAX_PROPERTY_NAME]] = value[:_MAX_PROPERTY_VALUE] if isinstance(value, str) else value
        else:
            left_out.append(f"property {name[:50]!r}: an event has {MAX_PROPERTIES} at most")
    return kept


def _is_property(name: str, value: object) -> bool:
    if not name or any(character < " " or character == "\x7f" for character in name):
        return False
    if isinstance(value, str):
        return _NUL not in value
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None


def _revenue(document: dict[str, Any], left_out: list[str]) -> dict[str, Any] | None:
    sent = _first(document, _REVENUE)
    if sent is None:
        return None
    revenue = _object(sent, "revenue", [])
    amount, currency = _amount(revenue.get("amount")), revenue.get("currency")
    if amount is None or not _is_currency(currency):
        left_out.append('revenue: must be an amount and a currency, such as {"amount": 9.99, "currency": "EUR"}')
        return None
    return {"amount": amount, "currency": currency}


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        return None
    return amount if math.isfinite(amount) and abs(amount) <= MAX_AMOUNT else None


def _is_currency(value: object) -> bool:
    return isinstance(value, str) and len(value) == _CURRENCY_LENGTH and value.isascii() and value.isalpha()
