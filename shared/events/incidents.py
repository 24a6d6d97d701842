from typing import ClassVar, Literal

from shared.events.event import Severity, Told


class _IncidentsEvent(Told):
    source: ClassVar[str] = "p09.incidents"


class IncidentChanged(_IncidentsEvent):
    """``change`` says what has just happened, the other fields how the incident stands after it.

    ``sequence`` counts an incident's changes from 1, without gaps. ``note`` is what a person wrote, for customers' eyes
    when ``public``, or why it is graver than was known; an update without one concerns what is shown, not people.
    """

    incident: str
    sequence: int
    change: Literal["opened", "acknowledged", "updated", "escalated", "monitoring", "resolved", "reopened", "merged"]
    title: str
    state: Literal["investigating", "identified", "monitoring", "resolved"]
    severity: Severity
    customer_impacting: bool
    components: list[str]
    owner: str
    note: str
    public: bool


class ReviewChanged(_IncidentsEvent):
    """A post-incident review was opened, is overdue, or was closed."""

    review: str
    change: Literal["opened", "overdue", "closed"]
    title: str
    due: str
    owner: str
    why: str
