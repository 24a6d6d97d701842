"""Exports the evidence of each day that is over, signed and chained to the day before."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from shared.evidence.manifest import MANIFEST, SIGNATURE, SignedDay, file_of, key_of, manifest_of
from shared.evidence.manifest import digest as digest_of
from shared.evidence.store import EvidenceStore
from shared.platform.moments import stamp

_DAY: Final = timedelta(days=1)
AT_ONCE: Final = 31  # days that are made up for after an outage; the next run goes on from there

Records = Iterable[Mapping[str, Any]]
Source = Callable[[date], Records]
"""Every record of a day, in an order that does not change."""


class TooOld(Exception):
    """The chain is only ever extended forwards."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """``sources`` by the name of their file; ``put`` writes an object, ``sign`` signs bytes with ``key``."""

    sources: Mapping[str, Source]
    put: Callable[[str, bytes, str], None]
    sign: Callable[[bytes], bytes]
    key: str


def export(store: EvidenceStore, ports: Ports, now: datetime, first: date) -> list[SignedDay]:
    """Export what is over by ``now`` and was not exported; repeated, it changes nothing. Of the days before the ``first``, on
    which the system was installed, there is no evidence.

    A crash leaves files that the next run writes anew: a day counts as exported by its item in the table, which is
    written last.

    Raises
    ------
    TooOld
        yesterday lies before days that have been exported, and was not
    """
    yesterday = now.date() - _DAY
    return [_export_day(store, ports, day, now) for day in _missing(store, yesterday) if day >= first]


def _missing(store: EvidenceStore, yesterday: date) -> Iterator[date]:
    latest = store.latest()
    if latest is not None and yesterday < latest.day and store.get(yesterday) is None:
        raise TooOld(f"{yesterday} was not exported before {latest.day}, and the chain is only extended forwards.")
    day = latest.day + _DAY if latest else yesterday
    for _ in range(AT_ONCE):
        if day > yesterday:
            return
        yield day
        day += _DAY


def _export_day(store: EvidenceStore, ports: Ports, day: date, now: datetime) -> SignedDay:
    files = [file_of(name, source(day)) for name, source in ports.sources.items()]
    manifest = manifest_of(day, files, store.latest(), ports.key)
    for file in files:
        ports.put(key_of(day, file.name), file.content, "application/jsonl")
    ports.put(key_of(day, MANIFEST), manifest, "application/json")
    ports.put(key_of(day, SIGNATURE), ports.sign(manifest), "application/octet-stream")
    records = sum(file.records for file in files)
    signed = SignedDay(day=day, digest=digest_of(manifest), records=records, exported_at=stamp(now))
    store.add(signed)
    return signed
