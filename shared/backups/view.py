"""What the API says of backups, drills and restores."""

from typing import Any

from typing_extensions import TypedDict

from shared.backups.drill import Kind
from shared.platform.views import view


class VerificationView(TypedDict):
    run: str
    at: str
    verdict: str
    why: str


@view
class BackupsView(TypedDict):
    """``measured`` is what the last verification found: newest backup, window, snapshot of Valkey, sizes and durations."""

    verification: VerificationView | None
    measured: dict[str, Any]
    thresholds: dict[str, Any]
    links: dict[str, str]
    verifications: list[VerificationView]


class DrillView(TypedDict):
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


class StepView(TypedDict):
    name: str
    started_at: str
    finished_at: str
    error: str
    result: dict[str, Any] | None


@view
class DrillDetail(DrillView):
    steps: list[StepView]


@view
class DrillList(TypedDict):
    drills: list[DrillView]
    next_cursor: str | None


class MarkView(TypedDict):
    at: str
    drill: str
    rows: int
    stalled_ms: int


@view
class MarkList(TypedDict):
    marks: list[MarkView]


@view
class DrillPlan(TypedDict):
    """What would happen; nothing has."""

    kind: Kind
    to: str | None
    window: dict[str, Any] | None
    backup: dict[str, Any] | None
    steps: list[str]
    warnings: list[str]


@view
class Started(TypedDict):
    id: str
    status: str
