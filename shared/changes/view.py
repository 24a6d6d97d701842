"""What the API says of changes and of how they are delivered."""

from typing import Literal

from typing_extensions import TypedDict

from shared.changes.gates import GateName, Overridable
from shared.platform.views import view

Own = Literal["artefact", "override"]


class GateView(TypedDict):
    """``overridden``: it is closed, and a second person has agreed to pass it. ``run`` is the pipeline's run that proved it and
    ``url`` where that is shown; both are empty for a gate that needs no proof."""

    name: GateName
    open: bool
    overridden: bool
    why: str
    run: str
    url: str


class StoryLine(TypedDict):
    at: str
    by: str
    happened: str
    why: str


class ApprovalView(TypedDict):
    by: str
    at: str
    until: str


class OverrideView(TypedDict):
    """``seconded_by`` is empty until a second person has agreed."""

    gates: list[Overridable]
    reason: str
    by: str
    seconded_by: str


class WorkflowView(TypedDict):
    """What its workflow waits for, since when."""

    waiting_for: str
    since: str


@view
class ChangeView(TypedDict):
    """``gates`` are how they stand now; a change that is over has none. ``workflow`` is null while it does not wait. ``own`` is
    what of it is the work of who asks: they don't approve their own artefact, nor agree to their own override.
    ``demo``: it shows the way to production, is deployed by no pipeline, and counts in no figure."""

    id: str
    state: str
    title: str
    impact: str
    author: str
    committers: list[str]
    commit: str
    digest: str
    committed_at: str
    planned_for: str
    demo: bool
    approval: ApprovalView | None
    override: OverrideView | None
    own: list[Own]
    gates: list[GateView]
    story: list[StoryLine]
    workflow: WorkflowView | None


@view
class ChangeList(TypedDict):
    """Newest first. ``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    changes: list[ChangeView]
    next_cursor: str | None


class DoraWeek(TypedDict):
    """Of what went to production in a week that begins on a Monday (UTC), as far as it lies in the span; null where there is
    nothing to say it of."""

    start: str
    deployments: int
    per_day: float
    lead_time_seconds: float | None
    failure_rate: float | None
    time_to_restore_seconds: float | None


@view
class DoraView(DoraWeek):
    """The same of the whole span, and its weeks, oldest first."""

    end: str
    weeks: list[DoraWeek]
