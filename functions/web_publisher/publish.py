"""Puts a built console into its bucket; the files of earlier releases stay for a week.

A console that is open during a deploy fetches the rest of its own release: a page that is opened for the first time is a
file with a hash in its name, which the new release no longer has.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Protocol

from shared.platform.moments import moment, stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

CONFIG: Final = "config.json"
OVERVIEW: Final = "index.html"
# By key, the time at which the last release that had the object was replaced. The publisher's own: no page names it.
OUTDATED: Final = "outdated.json"
KEPT: Final = timedelta(days=7)
# Said here and not guessed: what a runtime's own tables know differs from one machine to the next.
CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
# Vite puts a hash of the content into the names under assets/; pages of customers ask for js/script.js at every view.
HASHED_FOLDER: Final = "assets"
TRACKER_FOLDER: Final = "js"


class Content(Protocol):
    """The console's bucket, or what stands in for it."""

    def etags(self) -> dict[str, str]: ...
    def get(self, key: str) -> bytes: ...
    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None: ...
    def remove(self, keys: Iterable[str]) -> None: ...


def publish(bucket: Content, *, archive: bytes, config: str, now: datetime) -> list[str]:
    """Make the bucket hold a zip archive and `/config.json`, and remove what no release has had for a week.

    Pages come last, `index.html` after all others: whoever reads one finds what it names. A run that was broken off is
    repeated as a whole; it can only keep an object longer than a week, never shorter. Returns the published keys in order.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        names = {name for name in files.namelist() if not name.endswith("/")}
        published = sorted(names | {CONFIG}, key=_publishing_order)
        for key in published:
            _put(bucket, key, config.encode() if key == CONFIG else files.read(key))
    outdated = _outdated(bucket, published, now)
    _put(bucket, OUTDATED, json.dumps({key: stamp(since) for key, since in outdated.items()}).encode())
    bucket.remove(key for key, since in outdated.items() if now - since > KEPT)
    return published


def content_type(key: str) -> str:
    return CONTENT_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")


def cache_control(key: str) -> str:
    folder = key.partition("/")[0]
    if folder == HASHED_FOLDER:
        return "public, max-age=31536000, immutable"
    return "public, max-age=86400, must-revalidate" if folder == TRACKER_FOLDER else "no-cache"


def _publishing_order(key: str) -> tuple[bool, bool, str]:
    return key.endswith(".html"), key == OVERVIEW, key


def _outdated(bucket: Content, published: Collection[str], now: datetime) -> dict[str, datetime]:
    """What the bucket holds of earlier releases, and since when none has it."""
    there = bucket.etags()
    known: dict[str, str] = json.loads(bucket.get(OUTDATED)) if OUTDATED in there else {}
    left_over = sorted(set(there).difference(published, {OUTDATED}))
    return {key: moment(known[key]) if key in known else now for key in left_over}


def _put(bucket: Content, key: str, content: bytes) -> None:
    bucket.put(key, content, content_type=content_type(key), cache_control=cache_control(key))
