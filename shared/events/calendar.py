from typing import ClassVar, Literal

from shared.events.event import Told


class CalendarChanged(Told):
    """A maintenance or a freeze was planned, changed, began, ended or was cancelled."""

    source: ClassVar[str] = "p09.calendar"
    entry: str
    kind: Literal["maintenance", "freeze"]
    change: Literal["planned", "changed", "began", "ended", "cancelled"]
    title: str
    start: str
    end: str
    components: list[str]
    reason: str
