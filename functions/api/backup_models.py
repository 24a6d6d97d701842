"""What the API takes and says of backups, drills and restores; what it says is built when something asks for it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.http.fields import Form, Moment, Reason

DRILL_ID = Form(
    r"^(drill|restore|mark)-\d{8}T\d{6}Z(-[0-9a-f]{4})?$", "a drill's id, such as drill-20261125T040000Z-3f9a"
)
Kind = Literal["drill", "restore", "mark"]


class StartDrill(BaseModel):
    """``to`` is the moment to restore to: for a drill one that was marked (by default it marks one now), for a restore any
    within the point-in-time window (by default the latest)."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "drill"
    to: Moment | None = None
    reason: Reason


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    accept: bool
    note: Reason


class Abort(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class _View(BaseModel):
    model_config = ConfigDict(defer_build=True)


class VerificationView(_View):
    run: str
    at: str
    verdict: str
    why: str


class BackupsView(_View):
    """``measured`` is what the last verification found: newest backup, window, snapshot of Valkey, sizes and durations."""

    verification: VerificationView | None
    measured: dict[str, Any]
    thresholds: dict[str, Any]
    links: dict[str, str]
    verifications: list[VerificationView]


class DrillView(_View):
    """``own``: who asks has started it, and somebody else has to sign it off."""

    id: str
    kind: Kind
    status: str
    started_by: str
    started_at: str
    reason: str
    to: str | None
    why: str
    rpo_seconds: int | None
    rto_seconds: int | None
    rows: int | None
    signed_by: str
    signed_at: str | None
    expires_at: str | None
    finished_at: str | None
    own: bool


class StepView(_View):
    name: str
    started_at: str
    finished_at: str
    error: str
    result: dict[str, Any] | None


class DrillDetail(DrillView):
    steps: list[StepView]


class DrillList(_View):
    drills: list[DrillView]
    next_cursor: str | None


class MarkView(_View):
    at: str
    drill: str
    rows: int
    stalled_ms: int


class MarkList(_View):
    marks: list[MarkView]


class DrillPlan(_View):
    """What would happen; nothing has."""

    kind: Kind
    to: str | None
    window: dict[str, Any] | None
    backup: dict[str, Any] | None
    steps: list[str]
    warnings: list[str]


class Started(_View):
    id: str
    status: str
