"""A base backup by pg_basebackup, proved by pg_verifybackup, sealed."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from local.backups.repository import Base, Repository, base_id
from local.backups.sealing import seal, sync_folder
from local.backups.wal import segment_of


class BackupFailed(Exception):
    """No base backup came about; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """The PostgreSQL that is backed up, and who may replicate it. ``binaries`` are those of its version."""

    host: str
    port: int
    user: str
    password: str
    binaries: Path


def take_base_backup(repository: Repository, source: Source, started: datetime, keep: timedelta) -> Base:
    """Take one now. It is there whole, verified and sealed, or not at all. Raises BackupFailed, OSError."""
    backup_id = base_id(started)
    draft, plain = repository.incoming / backup_id, repository.incoming / f"{backup_id}.plain"
    draft.mkdir(mode=0o700)
    try:
        _copy(source, plain)
        _verify(source, plain)
        base = _sealed(repository, plain, draft, started, keep)
        draft.rename(repository.base / backup_id)
    finally:
        shutil.rmtree(plain, ignore_errors=True)
        shutil.rmtree(draft, ignore_errors=True)  # of one that failed
    sync_folder(repository.base)
    return base


def _copy(source: Source, target: Path) -> None:
    # With the WAL that was written meanwhile: it is consistent even if the archive is lost.
    options = [
        "--format=tar",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
        "--no-password",
    ]
    where = ["--host", source.host, "--port", str(source.port), "--username", source.user, "--pgdata", str(target)]
    _run([str(source.binaries / "pg_basebackup"), *where, *options], {"PGPASSWORD": source.password})


def _verify(source: Source, folder: Path) -> None:
    _run([str(source.binaries / "pg_verifybackup"), "--format=tar", "--no-parse-wal", "--quiet", str(folder)])


def _run(command: list[str], variables: dict[str, str] | None = None) -> None:
    environment = {"LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10", **(variables or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise BackupFailed(f"{Path(command[0]).name}: {done.stderr.strip()[-500:]}")


def _sealed(repository: Repository, plain: Path, draft: Path, started: datetime, keep: timedelta) -> Base:
    manifest = json.loads((plain / "backup_manifest").read_text())
    (wal,) = manifest["WAL-Ranges"]
    names = sorted(file.name for file in plain.iterdir())
    size = sum(seal(plain / name, draft / f"{name}.sealed", repository.key) for name in names)
    base = Base(
        id=draft.name,
        started_at=started.isoformat(),
        completed_at=datetime.now(started.tzinfo).isoformat(),
        first_segment=segment_of(wal["Timeline"], wal["Start-LSN"]),
        size=size,
        retained_until=(started + keep).isoformat(),
        files=tuple(f"{name}.sealed" for name in names),
    )
    base.write(draft)
    return base
