"""A day's evidence as files, and the manifest that binds them to each other and to the day before."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, Final

from shared.platform.moments import stamp

FOLDER: Final = "evidence"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"  # DER, as `openssl dgst -sha256 -verify KEY -signature manifest.sig` takes it
ALGORITHM: Final = "ECDSA_SHA_256"
VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class File:
    name: str
    content: bytes
    records: int


@dataclass(frozen=True, kw_only=True)
class SignedDay:
    """A day that was exported, known by its manifest's digest."""

    day: date
    digest: str
    records: int
    exported_at: str


def span(day: date) -> tuple[datetime, datetime]:
    """The day's first moment and that of the next, UTC."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def key_of(day: date, name: str) -> str:
    """Where a file of that day lies in the archive."""
    return f"{FOLDER}/{day.isoformat()}/{name}"


def file_of(source: str, records: Iterable[Mapping[str, Any]]) -> File:
    """Records as JSON lines, written in one way: the same records are the same bytes."""
    lines = [json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False) for record in records]
    return File(name=f"{source}.jsonl", content="".join(f"{line}\n" for line in lines).encode(), records=len(lines))


def manifest_of(day: date, files: Sequence[File], previous: SignedDay | None, key: str) -> bytes:
    """What is signed: each file by its digest, and the manifest of the day that was exported before."""
    start, end = span(day)
    content = {
        "version": VERSION,
        "day": day.isoformat(),
        "span": {"start": stamp(start), "end": stamp(end)},
        "files": [
            {"name": one.name, "sha256": digest(one.content), "bytes": len(one.content), "records": one.records}
            for one in files
        ],
        "previous": {"day": previous.day.isoformat(), "sha256": previous.digest} if previous else None,
        "signature": {"key": key, "algorithm": ALGORITHM},
    }  # fmt: skip
    return (json.dumps(content, indent=1) + "\n").encode()


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()
