"""Where the 16:00 check gets its report from: AWS Backup and its neighbours, or the catalogue of a machine's own backups."""

from datetime import datetime
from typing import Protocol

from shared.backups.model import Report


class Backups(Protocol):
    def report(self, now: datetime) -> Report:
        """What there is. An area that can't be read is named in ``unread``, with the reason; the others are read all the same.

        Raises ``BackupsUnconfigured`` when nobody has said where backups are.
        """
