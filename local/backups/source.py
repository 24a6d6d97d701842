"""What the backups' keeper asks the running PostgreSQL: to finish a segment, and how far the archive reaches."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from shared.backups.model import Window

Connect = Callable[[], Connection]
_UNREACHABLE = (DatabaseError, InterfaceError, OSError)


class SourceUnavailable(Exception):
    """PostgreSQL does not answer."""


def finish_segment(connect: Connect) -> tuple[datetime, str]:
    """End the current segment behind a commit of its own; returns its time and the segment to wait for.

    A replay to a moment ends at the first commit after it: in an idle database there would be none.
    Raises SourceUnavailable.
    """
    try:
        with connect() as connection:
            ((before,),) = connection.run("select clock_timestamp()")
            connection.run("select pg_logical_emit_message(true, 'p09.backups', '')")
            ((segment,),) = connection.run("select pg_walfile_name(pg_switch_wal())")
    except _UNREACHABLE as error:
        raise SourceUnavailable(str(error)) from error
    return before.astimezone(UTC), str(segment)


@dataclass
class Reach:
    """To which moment, and to which segment, the archive reaches: marks that were set in the log and have arrived here."""

    latest: datetime | None = None
    segment: str | None = None
    _waiting: list[tuple[datetime, str]] = field(default_factory=list)

    def mark(self, moment: datetime, segment: str) -> None:
        self._waiting.append((moment, segment))

    def arrived(self, segments: frozenset[str]) -> None:
        for moment, segment in list(self._waiting):
            if segment in segments:
                if self.latest is None or moment >= self.latest:
                    self.latest, self.segment = moment, segment
                self._waiting.remove((moment, segment))

    def will_reach(self, moment: datetime) -> bool:
        """Whether a mark behind the moment was set that has not arrived yet."""
        return any(marked >= moment for marked, _ in self._waiting)

    def window(self, earliest: datetime | None) -> Window | None:
        if earliest is None or self.latest is None or self.latest < earliest:
            return None
        return Window(earliest=earliest, latest=self.latest)
