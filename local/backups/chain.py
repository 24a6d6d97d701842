"""The chain of archived WAL: which segments are missing from it, and which moments are lost with one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from local.backups.repository import Base
from local.backups.wal import history_of, position, unbroken
from shared.backups.model import Chain
from shared.backups.words import moment_text


def missing(segments: Sequence[str], bases: Sequence[Base], reached: str | None) -> list[str]:
    """Segments that no restore can do without and that are not there, from the oldest base backup of each timeline on.

    ``segments`` are sorted; ``reached`` is the last one that is known to have arrived.
    """
    found: list[str] = []
    for timeline in sorted({_timeline(base.first_segment) for base in bases}):
        first = min(base.first_segment for base in bases if _timeline(base.first_segment) == timeline)
        there = [name for name in segments if _timeline(name) == timeline and name >= first]
        ends = [*there[-1:], *([reached] if reached and _timeline(reached) == timeline and reached > first else [])]
        # The usual case costs nothing: as many as there are positions.
        if ends and position(max(ends)) - position(first) + 1 != len(there):
            known = set(there)
            found += [name for name in unbroken(first, max(ends)) if name not in known]
    return found


def missing_histories(segments: Sequence[str], bases: Sequence[Base], histories: Iterable[str]) -> list[str]:
    """Of timelines that are kept, but for the first, which has none."""
    kept = {int(_timeline(name), 16) for name in (*segments, *(base.first_segment for base in bases))}
    needed = {history_of(timeline) for timeline in kept if timeline > 1}
    return sorted(needed.difference(histories))


def history_faults(missing_names: Iterable[str]) -> Iterator[str]:
    for name in missing_names:
        timeline = int(name.partition(".")[0], 16)
        yield (
            f"WAL history {name} is missing from the archive: a restore to a moment before timeline {timeline} would begin a "
            f"second one of this number, whose log can't be archived."
        )


def chain(segments: Sequence[str], bases: Sequence[Base]) -> Chain | None:
    """From the newest base backup to the last segment of its timeline."""
    if not bases:
        return None
    base = bases[-1]
    timeline = _timeline(base.first_segment)
    there = [name for name in segments if _timeline(name) == timeline and name >= base.first_segment]
    return Chain(base=base.id, first=there[0], last=there[-1], segments=len(there)) if there else None


def chain_faults(
    wal: Path, segments: Sequence[str], bases: Sequence[Base], missing_names: Iterable[str], altered: Iterable[str]
) -> Iterator[str]:
    """A sentence for each run of segments, and one for a timeline that no base backup begins."""
    for first, last in _runs(sorted(missing_names)):
        named = f"WAL segment {first} is" if first == last else f"WAL segments {first} to {last} are"
        yield f"{named} missing from the archive: {_lost(wal, segments, bases, first, last)}."
    for name in sorted(altered):
        yield f"WAL segment {name} is not what was archived: {_lost(wal, segments, bases, name, name)}."
    if bases and segments and (newest := segments[-1][:8]) > max(_timeline(base.first_segment) for base in bases):
        first = next(name for name in segments if name[:8] == newest)
        since = _written(wal / first)
        yield (
            f"The log goes on in timeline {int(newest, 16)}, from WAL segment {first} on, and no base backup begins there: "
            f"no moment after {since} can be restored until one is taken."
        )


def _lost(wal: Path, segments: Sequence[str], bases: Sequence[Base], first: str, last: str) -> str:
    """Moments from the last segment before the hole to the first base backup behind it."""
    before = [name for name in segments if _timeline(name) == _timeline(first) and name < first]
    since = _written(wal / before[-1]) if before else _end_of_base(bases, first)
    heals = next((base for base in bases if base.first_segment > last), None)
    until = (
        f"until base backup {heals.id} ({moment_text(heals.finished)})" if heals else "until a new base backup is taken"
    )
    return f"no moment after {since} can be restored {until}"


def _end_of_base(bases: Sequence[Base], segment: str) -> str:
    needing = [base for base in bases if base.first_segment <= segment]
    return moment_text((needing or bases)[-1].finished) if bases else "the first"


def _written(segment: Path) -> str:
    return moment_text(datetime.fromtimestamp(segment.stat().st_mtime, UTC))


def _runs(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The first and the last of each unbroken stretch."""
    start = last = ""
    for name in names:
        if last and _timeline(name) == _timeline(last) and position(name) == position(last) + 1:
            last = name
            continue
        if last:
            yield start, last
        start = last = name
    if last:
        yield start, last


def _timeline(name: str) -> str:
    return name[:8]
