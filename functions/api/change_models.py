"""What the API takes and says of changes; what it says is built when something asks for it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.http.fields import Form, Moment, Reason, Title

GateName = Literal["budget", "freeze", "incidents", "migrations"]
Commit = Annotated[str, Form("^[0-9a-f]{40}$", "a commit's whole id, 40 characters of 0-9 and a-f")]
Digest = Annotated[str, Form("^[0-9a-f]{64}$", "a SHA-256 digest, 64 characters of 0-9 and a-f")]
Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=320),
    Form(r"^[^\x00-\x20\x7f@]+@[^\x00-\x20\x7f@]+$", "a mail address, such as ada@example.com"),
]
Committers = Annotated[tuple[Address, ...], Field(max_length=50)]


class NewChange(BaseModel):
    """``impact`` is announced ahead of time; ``digest`` is the artefact's SHA-256; ``committed_at`` is when its oldest commit
    was made, from which lead time counts; ``migrations_compatible`` is what `make check` says of its migrations.
    ``committers`` are the mail addresses of who wrote its commits: they don't approve it."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    impact: Reason
    commit: Commit
    digest: Digest
    committed_at: Moment
    planned_for: Moment
    migrations_compatible: bool = True
    committers: Committers = ()


class Amendment(BaseModel):
    """Another artefact: it is proved and approved anew. ``committers`` join those of the one before."""

    model_config = ConfigDict(extra="forbid")

    commit: Commit
    digest: Digest
    committers: Committers = ()


class StepReport(BaseModel):
    """What a step found, on the artefact of ``digest``."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["staged", "smoke", "load_snapshot", "verified"]
    digest: Digest
    passed: bool
    why: Reason


class Promotion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    digest: Digest


class OverrideRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    gates: Annotated[list[GateName], Field(min_length=1, max_length=4)]
    reason: Reason


class Because(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class GateView(BaseModel):
    """``overridden``: it is closed, and a second person has agreed to pass it."""

    model_config = ConfigDict(defer_build=True)

    name: GateName
    open: bool
    overridden: bool
    why: str


class StoryLine(BaseModel):
    model_config = ConfigDict(defer_build=True)

    at: str
    by: str
    happened: str
    why: str


class ApprovalView(BaseModel):
    model_config = ConfigDict(defer_build=True)

    by: str
    at: str
    until: str


class OverrideView(BaseModel):
    """``seconded_by`` is empty until a second person has agreed."""

    model_config = ConfigDict(defer_build=True)

    gates: list[GateName]
    reason: str
    by: str
    seconded_by: str


class WorkflowView(BaseModel):
    """What its workflow waits for, since when."""

    model_config = ConfigDict(defer_build=True)

    waiting_for: str
    since: str


class ChangeView(BaseModel):
    """``gates`` are how they stand now; a change that is over has none. ``workflow`` is null while it does not wait. ``own`` is
    what of it is the work of who asks: they don't approve their own artefact, nor agree to their own override."""

    model_config = ConfigDict(defer_build=True)

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
    approval: ApprovalView | None
    override: OverrideView | None
    own: list[Literal["artefact", "override"]]
    gates: list[GateView]
    story: list[StoryLine]
    workflow: WorkflowView | None = None


class ChangeList(BaseModel):
    """Newest first. ``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    model_config = ConfigDict(defer_build=True)

    changes: list[ChangeView]
    next_cursor: str | None


class DoraWeek(BaseModel):
    """Of what went to production in a week that begins on a Monday (UTC), as far as it lies in the span; null where there is
    nothing to say it of."""

    model_config = ConfigDict(defer_build=True)

    start: str
    deployments: int
    per_day: float
    lead_time_seconds: float | None
    failure_rate: float | None
    time_to_restore_seconds: float | None


class DoraView(DoraWeek):
    """The same of the whole span, and its weeks, oldest first."""

    end: str
    weeks: list[DoraWeek]
