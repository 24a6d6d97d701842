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
    """``own``: who asks has started it, and somebody else has to sign it off. A ``played`` one proves nothing.
    ``staging`` is the address at which staging answers from the restored database, empty when it does not.

    ``rpo_seconds`` of a promoted restore is what was really lost; the database that it replaced is kept until ``aside_until``.
    """

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
    aside_until: str | None
    aside_removed_at: str | None
    own: bool
    played: bool
    staging: str


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


@view
class DiscardPreview(TypedDict):
    """What is in the running database and was not there at the moment of the restore, by kind.

    ``events`` of sites that are there are drained again; rows of audit trails (``acts``) are carried over, what they did is not.
    ``source`` is ``lost``, and every kind null, where the running database can't be read: then nobody knows.
    """

    at: str
    to: str
    source: str
    events: dict[str, int] | None
    acts: dict[str, Any] | None
    organisations: dict[str, Any] | None
    sites: dict[str, Any] | None
    keys: dict[str, Any] | None
    people: dict[str, Any] | None
    invitations: dict[str, Any] | None
    credentials: dict[str, Any] | None
    confirmation: str


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
    """What would happen; nothing has. ``window`` and ``backup`` are what the verification of ``verified_at`` found."""

    kind: Kind
    to: str | None
    verified_at: str | None
    window: dict[str, Any] | None
    backup: dict[str, Any] | None
    steps: list[str]
    warnings: list[str]


@view
class Started(TypedDict):
    id: str
    status: str
