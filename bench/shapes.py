"""Request bodies as different trackers take them, so that one load generator measures any of them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle, islice
from typing import Any, Final
from uuid import uuid4

from bench.traffic import HOST, PageView

BATCH: Final = 100
AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How one tracker takes events: where, how many to a request, and how an event and a body are written.

    ``id_field`` is the name of an event's id where the tracker deduplicates; each event sent gets a new one.
    """

    path: str
    events: int = 1
    content_type: str = "application/json"
    event: Callable[[PageView, str], dict[str, Any]]
    body: Callable[[bytes], bytes]
    id_field: str = ""


def bodies(shape: Shape, views: Sequence[PageView], site: str) -> Iterator[bytes]:
    """Bodies without end: page views over and over, every event with an id that was never sent before."""
    fragments = cycle([json.dumps(shape.event(view, site), separators=(",", ":")).encode() for view in views])
    numbers = count()
    prefix = b'{"%b":"%b' % (shape.id_field.encode(), str(uuid4())[:24].encode())
    while True:
        some: Iterator[bytes] = islice(fragments, shape.events)
        if shape.id_field:
            some = (b'%b%012x",%b' % (prefix, next(numbers), fragment[1:]) for fragment in some)
        yield shape.body(b",".join(some))


def _p09(view: PageView, _site: str) -> dict[str, Any]:
    return {
        "name": "pageview",
        "timestamp": view.at.isoformat(),
        "visitor_id": view.visitor,
        "url": view.url,
        "referrer": view.referrer,
        "properties": {"plan": view.plan},
    }


def _umami(view: PageView, site: str) -> dict[str, Any]:
    payload = {
        "website": site,
        "hostname": HOST,
        "url": view.path,
        "referrer": view.referrer,
        "title": view.path,
        "language": "en-GB",
        "screen": "1920x1080",
    }
    return {"type": "event", "payload": payload}


def _plausible(view: PageView, site: str) -> dict[str, Any]:
    return {"name": "pageview", "url": view.url, "domain": site or HOST, "referrer": view.referrer}


def _alone(events: bytes) -> bytes:
    return events


def _list(events: bytes) -> bytes:
    return b"[%b]" % events


def _wrapped(events: bytes) -> bytes:
    return b'{"events":[%b]}' % events


SHAPES: Final = {
    "p09": Shape(path="/v1/events", event=_p09, body=_wrapped, id_field="id"),
    "p09-batch": Shape(path="/v1/events", events=BATCH, event=_p09, body=_wrapped, id_field="id"),
    "umami": Shape(path="/api/send", event=_umami, body=_alone),
    "umami-batch": Shape(path="/api/batch", events=BATCH, event=_umami, body=_list),
    "plausible": Shape(path="/api/event", event=_plausible, body=_alone, content_type="text/plain"),
}
