"""The page as files. What changes by the minute is in two of them, the others change when something happens."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from shared.status import feeds, html
from shared.status.model import Page
from shared.status.standing import STALE_AFTER
from shared.status.statuspage_v2 import documents, timestamp

HEARTBEAT: Final = "heartbeat.json"
_STATIC: Final = Path(__file__).parent / "static"
# A reader sees a change within half a minute; while the bucket can't be reached the edge shows what it has.
_CACHE: Final = "public, max-age=15, stale-if-error=86400"
_CACHE_STATIC: Final = "public, max-age=300, stale-if-error=86400"
_TYPES: Final = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".rss": "application/rss+xml; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, kw_only=True)
class File:
    content: bytes
    content_type: str
    cache_control: str


def render(page: Page) -> dict[str, File]:
    """Every file of the page by its path."""
    described = {f"api/v2/{name}": _json(content) for name, content in documents(page).items()}
    version = _version(page, described)
    contents: dict[str, bytes] = {
        **described,
        "history.rss": feeds.rss(page),
        "history.atom": feeds.atom(page),
        **{path: text.encode() for path, text in html.pages(page, version).items()},
        HEARTBEAT: _heartbeat(page, version),
    }
    return {**{path: _file(path, content, _CACHE) for path, content in contents.items()}, **static_files()}


@cache
def static_files() -> Mapping[str, File]:
    return {one.name: _file(one.name, one.read_bytes(), _CACHE_STATIC) for one in sorted(_STATIC.iterdir())}


def _heartbeat(page: Page, version: str) -> bytes:
    seconds = int(STALE_AFTER.total_seconds())
    return _json({"at": timestamp(page.now), "stale_after_seconds": seconds, "version": version})


def _version(page: Page, described: Mapping[str, bytes]) -> str:
    """Changes when there is something new to read, not with the clock."""
    content = [
        *(described[name] for name in sorted(described)),
        str(page.now.date()).encode(),
        bytes(page.checks_are_stale),
    ]
    return sha256(b"\0".join(content)).hexdigest()[:16]


def _json(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _file(path: str, content: bytes, cache_control: str) -> File:
    return File(content=content, content_type=_TYPES[Path(path).suffix], cache_control=cache_control)
