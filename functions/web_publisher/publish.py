"""Puts a built console into its bucket: files first, then pages that name them; what is left over goes."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_s3.client import S3Client

CONFIG: Final = "config.json"
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
# Vite puts a hash of the content into the names under assets/; trackers load script.js at every page view.
HASHED_FOLDER: Final = "assets"
TRACKER_FOLDER: Final = "js"
MOST_KEYS_PER_DELETE: Final = 1000


class NotRemoved(Exception):
    """S3 answers a request to delete many objects with success even when it refused some."""


def publish(s3: S3Client, *, bucket: str, archive: bytes, config: str) -> list[str]:
    """Make the bucket hold exactly the files of a zip archive and `/config.json`; returns their keys."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        names = sorted((name for name in files.namelist() if not name.endswith("/")), key=_publishing_order)
        for name in names:
            _put(s3, bucket, name, files.read(name))
    _put(s3, bucket, CONFIG, config.encode())
    published = [*names, CONFIG]
    _delete(s3, bucket, (key for key in _keys(s3, bucket) if key not in set(published)))
    return published


def content_type(key: str) -> str:
    return CONTENT_TYPES.get(PurePosixPath(key).suffix, "application/octet-stream")


def cache_control(key: str) -> str:
    folder = key.partition("/")[0]
    if folder == HASHED_FOLDER:
        return "public, max-age=31536000, immutable"
    return "public, max-age=3600" if folder == TRACKER_FOLDER else "no-cache"


def _publishing_order(key: str) -> tuple[bool, str]:
    return key.endswith(".html"), key


def _put(s3: S3Client, bucket: str, key: str, content: bytes) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type(key), CacheControl=cache_control(key))


def _keys(s3: S3Client, bucket: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (entry["Key"] for entry in page.get("Contents", []))


def _delete(s3: S3Client, bucket: str, keys: Iterable[str]) -> None:
    left = list(keys)
    for start in range(0, len(left), MOST_KEYS_PER_DELETE):
        batch = left[start : start + MOST_KEYS_PER_DELETE]
        objects: Any = [{"Key": key} for key in batch]
        refused = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True}).get("Errors")
        if refused:
            raise NotRemoved(f"{len(refused)} outdated files stay in {bucket}, the first because of {refused[0]}")
