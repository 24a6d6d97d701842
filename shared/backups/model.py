"""What is known of the backups at one moment, wherever they are kept. Sizes are bytes, times UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final, Literal, Self

from shared.runbook.tasks import BackupVerification

COMPLETED: Final = "COMPLETED"
SUCCESS: Final = "SUCCESS"
RUNNING: Final = frozenset({"CREATED", "PENDING", "RUNNING"})
USABLE: Final = frozenset({COMPLETED, "AVAILABLE"})

Area = Literal["backup jobs", "recovery points", "point-in-time window", "Valkey snapshots", "buckets"]
Verdict = Literal["passed", "failed", "unconfigured"]


class BackupsUnconfigured(Exception):
    """Nothing says where the backups are."""


class BackupsUnavailable(Exception):
    """What keeps the backups can't be asked, or refuses."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One attempt at a backup. ``message_category`` is ``SUCCESS`` or what AWS Backup calls the issue."""

    id: str
    state: str
    message_category: str
    message: str
    created_at: datetime
    completed_at: datetime | None = None
    recovery_point: str = ""

    @property
    def duration(self) -> timedelta | None:
        return self.completed_at - self.created_at if self.completed_at else None


@dataclass(frozen=True, kw_only=True)
class RecoveryPoint:
    """What a job left. ``size`` None = nobody can tell; ``retained_until`` None = until somebody deletes it."""

    id: str
    status: str
    created_at: datetime
    completed_at: datetime | None
    size: int | None
    encrypted: bool
    retained_until: datetime | None = None

    @property
    def usable(self) -> bool:
        return self.status in USABLE and self.completed_at is not None

    @property
    def retention(self) -> timedelta | None:
        return self.retained_until - self.created_at if self.retained_until else None


@dataclass(frozen=True, kw_only=True)
class Window:
    """The database can be restored to any moment between these."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Of Valkey. ``size`` None = nobody can tell."""

    id: str
    status: str
    created_at: datetime
    size: int | None
    encrypted: bool


@dataclass(frozen=True, kw_only=True)
class Bucket:
    name: str
    versioned: bool


@dataclass(frozen=True, kw_only=True)
class Part:
    """What was read again at one time: how many files, how many bytes, and which."""

    at: datetime
    files: int
    size: int
    what: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The archived log of the newest base backup's timeline, from that backup on."""

    base: str
    first: str
    last: str
    segments: int


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """Whether what is kept is still there, and still what was kept.

    ``faults`` are sentences: what is missing or altered, and what can't be restored any more. Where files are not ours to
    read, ``parts`` is empty and ``oldest_reading`` None; ``basis`` says on whose word the verdict rests.
    """

    basis: str
    reads: bool
    faults: tuple[str, ...] = ()
    chain: Chain | None = None
    files: int = 0
    size: int = 0
    kept_since: datetime | None = None
    oldest_reading: datetime | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """``unread`` says, for each area that could not be asked, why."""

    jobs: tuple[Job, ...] = ()
    points: tuple[RecoveryPoint, ...] = ()
    window: Window | None = None
    snapshots: tuple[Snapshot, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    inspection: Inspection | None = None
    unread: Mapping[Area, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the runbook asks of backups."""

    maximum_age: timedelta
    minimum_size: Fraction
    median_of: int
    minimum_retention: timedelta
    point_in_time_within: timedelta
    maximum_snapshot_age: timedelta
    read_within: timedelta

    @classmethod
    def of(cls, task: BackupVerification) -> Self:
        return cls(
            maximum_age=task.maximum_age,
            minimum_size=task.minimum_size_percent / 100,
            median_of=task.median_of,
            minimum_retention=task.minimum_retention,
            point_in_time_within=task.point_in_time_within,
            maximum_snapshot_age=task.maximum_snapshot_age,
            read_within=task.read_within,
        )

    def plain(self) -> dict[str, Any]:
        return {
            "maximum_age_seconds": int(self.maximum_age.total_seconds()),
            "minimum_size_of_median": float(self.minimum_size),
            "median_of": self.median_of,
            "minimum_retention_seconds": int(self.minimum_retention.total_seconds()),
            "point_in_time_within_seconds": int(self.point_in_time_within.total_seconds()),
            "maximum_snapshot_age_seconds": int(self.maximum_snapshot_age.total_seconds()),
            "read_within_seconds": int(self.read_within.total_seconds()),
        }


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A verdict with a sentence for each rule that was not met; ``measured`` and ``thresholds`` are plain values."""

    verdict: Verdict
    reasons: tuple[str, ...]
    measured: Mapping[str, Any]
    thresholds: Mapping[str, Any]
