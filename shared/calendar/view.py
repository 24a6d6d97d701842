"""What the API says of the calendar."""

from typing_extensions import TypedDict

from shared.calendar.model import Kind, State
from shared.platform.views import view


@view
class EntryView(TypedDict):
    """``note`` says why it was cancelled or ended early. A maintenance that was planned to begin soon, ``during`` an incident
    that customers feel, is ``waiting`` and excuses nothing until a second person, ``second_by``, agrees to it."""

    id: str
    kind: Kind
    state: State
    title: str
    reason: str
    start: str
    end: str
    components: list[str]
    note: str
    during: str
    second_by: str
    created_by: str
    created_at: str
    changed_by: str
    changed_at: str


@view
class EntryList(TypedDict):
    """By start. ``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    entries: list[EntryView]
    next_cursor: str | None
