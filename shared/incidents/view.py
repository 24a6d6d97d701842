"""What the API says of incidents and reviews."""

from typing import Literal

from typing_extensions import TypedDict

from shared.platform.views import view

Severity = Literal["page", "ticket"]
State = Literal["investigating", "identified", "monitoring", "resolved"]
ActionState = Literal["open", "done", "dropped"]


class IncidentView(TypedDict):
    """``began_at`` is when customers were first hit (of an incident that hit none: when it opened), ``failing`` are the
    sources that have not recovered, ``signals`` how many were counted; ``review`` is the id of its post-incident review,
    ``may`` what can be done with it now."""

    id: str
    title: str
    state: State
    severity: Severity
    customer_impacting: bool
    components: list[str]
    owner: str
    causes: list[str]
    failing: list[str]
    signals: int
    sequence: int
    opened_at: str
    began_at: str
    opened_by: str
    acknowledged_at: str | None
    acknowledged_by: str
    escalated: list[Severity]
    monitoring_since: str | None
    resolved_at: str | None
    merged_into: str | None
    review: str | None
    may: list[Literal["acknowledge", "update", "merge", "resolve", "reopen"]]


class TimelineEntryView(TypedDict):
    """``by`` is a person's username, or "" for what happened by itself. ``links`` name further records, such as a decision."""

    at: str
    kind: Literal["signal", "change", "note"]
    by: str
    text: str
    public: bool
    state: State
    links: dict[str, str]


@view
class IncidentDetail(IncidentView):
    timeline: list[TimelineEntryView]


@view
class IncidentList(TypedDict):
    """``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    incidents: list[IncidentView]
    next_cursor: str | None


class ActionView(TypedDict):
    id: str
    title: str
    owner: str
    due: str
    state: ActionState
    reason: str
    overdue: bool


class DidView(TypedDict):
    """Who changed the review, and how."""

    at: str
    by: str
    text: str


class ReviewView(TypedDict):
    """``about``: an incident, or the breach of a KPI that belongs to none. ``kpi`` and ``decision`` name the first breach.

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


@view
class ReviewDetail(ReviewView):
    """Its sections; ``timeline`` comes from the records, and nobody types it."""

    summary: str
    impact: str
    contributing_factors: str
    went_well: str
    actions: list[ActionView]
    timeline: list[TimelineEntryView]
    history: list[DidView]


@view
class ReviewList(TypedDict):
    """``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    reviews: list[ReviewView]
    next_cursor: str | None
