"""The folder of backups: base backups, sealed WAL, snapshots of Valkey, and the record of every attempt."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from local.backups.sealing import Damaged, seal, sync_folder, unsealed
from local.backups.wal import is_segment
from local.state import write_json
from shared.backups.model import COMPLETED, SUCCESS, Job, RecoveryPoint, Snapshot

_SNAPSHOT: Final = "valkey-"


def base_id(started: datetime) -> str:
    """To the microsecond, for two may begin within one second: ``base-20261124T020000.000000Z``."""
    return f"base-{_stamp(started)}"


def snapshot_id(taken: datetime) -> str:
    """From which ``Repository.snapshots`` reads back when it was taken."""
    return f"{_SNAPSHOT}{_stamp(taken)}"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"


@dataclass(frozen=True, kw_only=True)
class Base:
    """A base backup. ``stop_at`` is when it was consistent; restoring it needs the WAL from ``first_segment`` on."""

    id: str
    started_at: str
    completed_at: str
    first_segment: str
    size: int
    retained_until: str
    files: tuple[str, ...]

    @property
    def finished(self) -> datetime:
        return datetime.fromisoformat(self.completed_at)

    @classmethod
    def read(cls, folder: Path) -> Self:
        plain = json.loads((folder / "backup.json").read_text())
        return cls(**plain | {"files": tuple(plain["files"])})

    def write(self, folder: Path) -> None:
        write_json(folder / "backup.json", asdict(self))


class Repository:
    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self.key = key
        self.spool = folder / "spool"
        self.wal = folder / "wal"
        self.base = folder / "base"
        self.valkey = folder / "valkey"
        self.incoming = folder / "incoming"

    def prepare(self, user: str | None) -> None:
        """Make the folders. PostgreSQL's user may enter, and write to the spool alone."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        for folder in (self.spool, self.wal, self.base, self.valkey, self.incoming):
            folder.mkdir(mode=0o700, exist_ok=True)
        if user:
            shutil.chown(self.spool, user)

    def take_in(self) -> list[str]:
        """Seal the segments that PostgreSQL has handed over. Raises Damaged when one comes again and differs."""
        names = sorted(file.name for file in self.spool.iterdir() if not file.name.startswith("."))
        for name in names:
            source, target = self.spool / name, self.wal / name
            if target.exists():
                self._same(source, target)
            else:
                seal(source, target, self.key)
            source.unlink()
        if names:
            sync_folder(self.spool)
        return names

    def take_histories(self, log: Path) -> list[str]:
        """Seal histories of timelines that PostgreSQL never handed over: a restored server archives nothing before it runs.

        ``log`` is its folder of WAL. Without its history the number of a timeline would be given to a second one.
        """
        new = [file for file in sorted(log.glob("*.history")) if not (self.wal / file.name).exists()]
        for file in new:
            seal(file, self.wal / file.name, self.key)
        return [file.name for file in new]

    def histories(self) -> list[str]:
        return sorted(file.name for file in self.wal.glob("*.history") if not file.name.startswith("."))

    def _same(self, source: Path, target: Path) -> None:
        if b"".join(unsealed(target, self.key)) != source.read_bytes():
            raise Damaged(f"WAL segment {source.name} was archived before with other content: both are kept")

    def segments(self) -> list[str]:
        return sorted(file.name for file in self.wal.iterdir() if is_segment(file.name))

    def bases(self) -> list[Base]:
        """Complete ones, oldest first."""
        found = [Base.read(folder) for folder in self.base.iterdir() if (folder / "backup.json").exists()]
        return sorted(found, key=lambda one: one.completed_at)

    def points(self) -> Iterator[RecoveryPoint]:
        for base in self.bases():
            yield RecoveryPoint(
                id=base.id, status=COMPLETED, created_at=_moment(base.started_at), completed_at=base.finished,
                size=sum((self.base / base.id / name).stat().st_size for name in base.files if self._has(base, name)),
                encrypted=all(name.endswith(".sealed") for name in base.files), retained_until=_moment(base.retained_until),
            )  # fmt: skip

    def _has(self, base: Base, name: str) -> bool:
        return (self.base / base.id / name).exists()

    def snapshots(self) -> Iterator[Snapshot]:
        for file in sorted(self.valkey.glob("*/dump.rdb.sealed")):
            taken = datetime.fromisoformat(file.parent.name.removeprefix(_SNAPSHOT))
            yield Snapshot(
                id=file.parent.name, status="available", created_at=taken, size=file.stat().st_size, encrypted=True
            )

    def jobs(self) -> list[Job]:
        """Attempts, oldest first; the last hundred."""
        if not self._jobs_file.exists():
            return []
        plain = json.loads(self._jobs_file.read_text())["jobs"]
        return [_job(one) for one in plain]

    def record(self, job: Job) -> None:
        """Write an attempt, or what became of it."""
        others = [one for one in self.jobs() if one.id != job.id]
        newest = sorted([*others, job], key=lambda one: one.created_at)[-100:]
        write_json(self._jobs_file, {"jobs": [_plain(one) for one in newest]})

    def fail_interrupted(self, now: datetime) -> None:
        """After a kill: what was running has ended, and left nothing that counts."""
        for job in self.jobs():
            if job.state == "RUNNING":
                self.record(failed(job, "the process that took it was killed", now))
        shutil.rmtree(self.incoming)
        self.incoming.mkdir(mode=0o700)

    def prune(self, now: datetime) -> list[str]:
        """Forget base backups whose time is over, the newest apart, and WAL that only they needed."""
        bases = self.bases()
        over = [base for base in bases[:-1] if _moment(base.retained_until) <= now]
        for base in over:
            shutil.rmtree(self.base / base.id)
        kept = [base for base in bases if base not in over]
        if over and kept:
            needed = min(base.first_segment[8:] for base in kept)
            for name in self.segments():
                if name[8:] < needed:
                    (self.wal / name).unlink()
        return [base.id for base in over]

    @property
    def _jobs_file(self) -> Path:
        return self.folder / "jobs.json"


def failed(job: Job, why: str, now: datetime) -> Job:
    return Job(
        id=job.id, state="FAILED", message_category="FAILURE", message=why, created_at=job.created_at, completed_at=now
    )


def completed(job: Job, point: str, now: datetime) -> Job:
    return Job(
        id=job.id, state=COMPLETED, message_category=SUCCESS, message="", created_at=job.created_at, completed_at=now,
        recovery_point=point,
    )  # fmt: skip


def _plain(job: Job) -> dict[str, Any]:
    times = {
        "created_at": job.created_at.isoformat(),
        "completed_at": job.completed_at and job.completed_at.isoformat(),
    }
    return asdict(job) | times


def _job(plain: dict[str, Any]) -> Job:
    ended = plain["completed_at"]
    return Job(
        **plain | {"created_at": _moment(plain["created_at"]), "completed_at": _moment(ended) if ended else None}
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
