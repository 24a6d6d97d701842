"""Says exactly what is wrong with a day's evidence, or that nothing is."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from shared.evidence.manifest import MANIFEST, SIGNATURE, SignedDay, digest, key_of

Read = Callable[[str], bytes | None]
"""An object of the archive by its key, or None."""

IsSigned = Callable[[bytes, bytes], bool]
"""Whether the key signed these bytes with this signature."""


def verify(day: date, exported: Mapping[date, SignedDay], read: Read, is_signed: IsSigned) -> list[str]:
    """Every fault, a sentence each. ``exported`` is what the operations table knows of all days."""
    recorded = exported.get(day)
    if recorded is None:
        return [f"{day} was not exported: the operations table has no record of it."]
    manifest = read(key_of(day, MANIFEST))
    if manifest is None:
        return [f"{key_of(day, MANIFEST)} is gone."]
    faults = [*_signature(day, manifest, read, is_signed)]
    if digest(manifest) != recorded.digest:
        faults.append(
            f"The manifest is another than was recorded on export: {digest(manifest)} instead of {recorded.digest}."
        )
    try:
        content = json.loads(manifest)
        return [*faults, *_files(day, content, read), *_chain(day, content, exported, read)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [*faults, f"The manifest can't be read: {type(error).__name__}: {error}."]


def _signature(day: date, manifest: bytes, read: Read, is_signed: IsSigned) -> Iterator[str]:
    signature = read(key_of(day, SIGNATURE))
    if signature is None:
        yield f"{key_of(day, SIGNATURE)} is gone: nothing proves who wrote the manifest."
    elif not is_signed(manifest, signature):
        yield "The signature is not that of the key over this manifest."


def _files(day: date, content: Mapping[str, Any], read: Read) -> Iterator[str]:
    if content["day"] != day.isoformat():
        yield f"The manifest is that of {content['day']}."
    for file in content["files"]:
        found = read(key_of(day, file["name"]))
        if found is None:
            yield f"{file['name']} is gone."
        elif digest(found) != file["sha256"]:
            records = found.count(b"\n")
            yield (
                f"{file['name']} was changed: it has {records} records in {len(found)} bytes, signed were"
                f" {file['records']} in {file['bytes']} bytes with another digest."
            )


def _chain(day: date, content: Mapping[str, Any], exported: Mapping[date, SignedDay], read: Read) -> Iterator[str]:
    before = max((one for one in exported if one < day), default=None)
    previous = content["previous"]
    if previous is None or before is None:
        if (previous is None) != (before is None):
            yield f"The manifest names {_named(previous)} as the day before, the operations table {before or 'none'}."
        return
    if previous["day"] != before.isoformat():
        yield f"The chain skips {before}: the manifest names {_named(previous)} as the day before."
        return
    found = read(key_of(before, MANIFEST))
    if found is None:
        yield f"The chain is broken: {key_of(before, MANIFEST)} is gone."
    elif digest(found) != previous["sha256"]:
        yield f"The chain is broken: the manifest of {before} is another than the one that this day was signed upon."


def _named(previous: Mapping[str, Any] | None) -> str:
    return str(previous["day"]) if previous else "none"
