"""Names of write-ahead log segments, and the command by which PostgreSQL hands them over.

PostgreSQL runs the command as its own user, who can't read our key: it copies a finished segment to a spool, durably, and
`Repository.take_in` seals what lies there. A segment that came before is accepted if it is the same, refused if it differs.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SEGMENT_BYTES: Final = 16 * 1024**2
_SEGMENT: Final = re.compile(r"[0-9A-F]{24}")
_PER_LOG: Final = 0x1_0000_0000 // SEGMENT_BYTES


def archive_command(spool: Path) -> str:
    place, draft = f'"{spool}/%f"', f'"{spool}/.%f.new"'
    # Its time of writing tells to which moments it reaches.
    copy = f'cp -p "%p" {draft} && sync {draft} && mv {draft} {place} && sync "{spool}"'
    return f'if test -f {place}; then cmp -s "%p" {place}; else {copy}; fi'


def is_segment(name: str) -> bool:
    return _SEGMENT.fullmatch(name) is not None


def history_of(timeline: int) -> str:
    """The file that says from where a timeline branched off: every one but the first has one."""
    return f"{timeline:08X}.history"


def following(name: str) -> str:
    """The next segment of the same timeline."""
    timeline, log, segment = name[:8], int(name[8:16], 16), int(name[16:], 16)
    log, segment = (log + 1, 0) if segment + 1 == _PER_LOG else (log, segment + 1)
    return f"{timeline}{log:08X}{segment:08X}"


def position(name: str) -> int:
    """Which segment of the log it is, whatever the timeline."""
    return int(name[8:16], 16) * _PER_LOG + int(name[16:], 16)


def segment_of(timeline: int, lsn: str) -> str:
    """The segment that holds a position such as ``0/3000028``."""
    high, low = (int(part, 16) for part in lsn.split("/"))
    return f"{timeline:08X}{high:08X}{low // SEGMENT_BYTES:08X}"


def unbroken(first: str, last: str) -> Iterator[str]:
    """Every segment from one to another of the same timeline, both included."""
    name = first
    while name <= last:
        yield name
        name = following(name)
