"""What the API takes and says of post-incident reviews. What it says is built when something asks for it."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from functions.api.incident_models import Name, Note, Text, TimelineEntryView
from shared.http.fields import Day, Form

Section = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]
REVIEW_ID: Final = Form(r"^PIR-\d{8}-\d{6}-[0-9a-f]{6}$", "a review's id, such as PIR-20261124-133306-3f9a0c")
ActionState = Literal["open", "done", "dropped"]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UpdateReview(_Said):
    """What is left out or null stays as it is."""

    owner: Name | None = None
    due: Day | None = None
    summary: Section | None = None
    impact: Section | None = None
    contributing_factors: Section | None = None
    went_well: Section | None = None


class AddAction(_Said):
    title: Text
    owner: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    due: Day


class UpdateAction(_Said):
    """``reason`` says why an action is dropped, or why the review may be closed while it is open."""

    title: Text | None = None
    owner: Name | None = None
    due: Day | None = None
    state: ActionState | None = None
    reason: Note | None = None


class CloseReview(_Said):
    note: Note = ""


class _View(BaseModel):
    model_config = ConfigDict(defer_build=True)


class ActionView(_View):
    id: str
    title: str
    owner: str
    due: str
    state: ActionState
    reason: str
    overdue: bool


class DidView(_View):
    """Who changed the review, and how."""

    at: str
    by: str
    text: str


class ReviewView(_View):
    """``about`` is what it was opened for: an incident, or the breach of a KPI with its decision.

    ``missing`` says what keeps it from being closed.
    """

    id: str
    title: str
    state: Literal["open", "closed"]
    about: Literal["incident", "breach"]
    incident: str | None
    kpi: str | None
    decision: str | None
    owner: str
    opened_at: str
    due: str
    overdue: bool
    closed_at: str | None
    closed_by: str
    open_actions: int
    missing: list[str]


class ReviewDetail(ReviewView):
    """Its sections; ``timeline`` comes from the records, and nobody types it."""

    summary: str
    impact: str
    contributing_factors: str
    went_well: str
    actions: list[ActionView]
    timeline: list[TimelineEntryView]
    history: list[DidView]


class ReviewList(_View):
    """``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    reviews: list[ReviewView]
    next_cursor: str | None
