"""Incidents and maintenances as RSS 2.0 and Atom: one entry each, renewed by each update."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from xml.etree import ElementTree as ET

from shared.status.model import IncidentView, MaintenanceView, Page
from shared.status.statuspage_v2 import address, timestamp

ENTRIES: Final = 25
_ATOM: Final = "http://www.w3.org/2005/Atom"
Told = IncidentView | MaintenanceView


def rss(page: Page) -> bytes:
    feed = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(feed, "channel")
    _add(channel, "title", f"{page.name}: incident history")
    _add(channel, "link", f"{page.url}/")
    _add(channel, "description", "Incidents and planned maintenances")
    _add(channel, f"{{{_ATOM}}}link", rel="self", type="application/rss+xml", href=f"{page.url}/history.rss")
    _add(channel, "lastBuildDate", format_datetime(page.updated_at, usegmt=True))
    for told in _latest(page):
        item = ET.SubElement(channel, "item")
        _add(item, "title", title(told))
        _add(item, "link", address(page, told.public_id))
        _add(item, "guid", address(page, told.public_id), isPermaLink="true")
        _add(item, "pubDate", format_datetime(told.updates[0].at, usegmt=True))
        _add(item, "description", _text(told))
    return _bytes(feed)


def atom(page: Page) -> bytes:
    feed = ET.Element("feed", xmlns=_ATOM)
    _add(feed, "id", f"{page.url}/")
    _add(feed, "title", f"{page.name}: incident history")
    _add(feed, "updated", timestamp(page.updated_at))
    _add(feed, "link", rel="self", type="application/atom+xml", href=f"{page.url}/history.atom")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{page.url}/")
    _add(_add(feed, "author"), "name", page.name)
    for told in _latest(page):
        entry = _add(feed, "entry")
        _add(entry, "id", address(page, told.public_id))
        _add(entry, "title", title(told))
        _add(entry, "published", timestamp(told.updates[-1].at))
        _add(entry, "updated", timestamp(told.updates[0].at))
        _add(entry, "link", rel="alternate", type="text/html", href=address(page, told.public_id))
        _add(entry, "content", _text(told), type="text")
    return _bytes(feed)


def title(told: Told) -> str:
    return told.incident.title if isinstance(told, IncidentView) else told.maintenance.title


def _latest(page: Page) -> list[Told]:
    told: list[Told] = [*page.incidents, *page.maintenances]
    return sorted(told, key=_newness, reverse=True)[:ENTRIES]


def _newness(told: Told) -> tuple[datetime, str]:
    return told.updates[0].at, told.public_id


def _text(told: Told) -> str:
    return "\n\n".join(_lines(told))


def _lines(told: Told) -> Iterator[str]:
    if isinstance(told, MaintenanceView):
        yield f"Planned from {_minute(told.maintenance.start)} to {_minute(told.maintenance.end)}."
    for update in told.updates:
        yield f"{_minute(update.at)}, {update.status.replace('_', ' ')}: {update.text}"


def _minute(moment: datetime) -> str:
    return f"{moment:%d %b %Y %H:%M} UTC"


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, attributes)
    child.text = None if text is None else "".join(filter(_is_xml, text))
    return child


def _is_xml(letter: str) -> bool:
    """XML 1.0 has no way to write control characters."""
    return letter in "\t\n\r" or " " <= letter <= "\ud7ff" or "\ue000" <= letter <= "\ufffd" or letter > "\uffff"


def _bytes(feed: ET.Element) -> bytes:
    ET.register_namespace("atom", _ATOM)
    found: bytes = ET.tostring(feed, "utf-8", xml_declaration=True)
    return found + b"\n"
