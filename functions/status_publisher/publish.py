"""Makes the bucket hold exactly the page's files, and writes those alone that differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Final, Protocol

from shared.status.render import HEARTBEAT, File

# Written last and in any case: what they link to is there, and they say when the page was right.
OVERVIEW: Final = "index.html"
_LAST: Final = (OVERVIEW, HEARTBEAT)


class Content(Protocol):
    """A bucket, or what stands in for one."""

    def etags(self) -> dict[str, str]: ...
    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None: ...
    def remove(self, keys: Iterable[str]) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Published:
    put: tuple[str, ...]
    removed: tuple[str, ...]


def publish(bucket: Content, files: Mapping[str, File]) -> Published:
    there = bucket.etags()
    changed = [path for path in sorted(files) if path not in _LAST and there.get(path) != _etag(files[path])]
    put = (*changed, *_LAST)
    for path in put:
        file = files[path]
        bucket.put(path, file.content, content_type=file.content_type, cache_control=file.cache_control)
    removed = tuple(sorted(set(there).difference(files)))
    if removed:
        bucket.remove(removed)
    return Published(put=put, removed=removed)


def _etag(file: File) -> str:
    return md5(file.content, usedforsecurity=False).hexdigest()
