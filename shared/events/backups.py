from typing import ClassVar, Literal

from shared.events.event import Told


class _DrillEvent(Told):
    """The end of a drill or restore; ``drill`` names the record with the evidence of every step."""

    source: ClassVar[str] = "p09.backups"
    drill: str
    kind: Literal["drill", "restore", "mark"]
    rpo_seconds: int | None
    rto_seconds: int | None
    why: str


class DrillPassed(_DrillEvent):
    """A backup was restored, and what it held is what its source held; a second person has signed that off."""


class DrillFailed(_DrillEvent):
    """It was not, or nobody has signed it off in time."""
