"""A snapshot of Valkey, sealed: the file that it writes itself, with the append-only log beside it."""

import json
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import redis

from local.backups.repository import Repository, snapshot_id
from local.backups.sealing import seal, sync_folder

_SECONDS = 120.0
_RDB = "dump.rdb"


class SnapshotFailed(Exception):
    """Valkey wrote no snapshot; the message says why."""


def take_snapshot(repository: Repository, client: redis.Redis, data: Path, now: datetime) -> str:
    """Have Valkey save, seal what it wrote; returns the snapshot's id. Raises SnapshotFailed."""
    name = snapshot_id(now)
    draft = repository.incoming / name
    draft.mkdir(mode=0o700)
    try:
        keys = _save(client)
        seal(data / _RDB, draft / f"{_RDB}.sealed", repository.key)
        for file in sorted((data / "appendonlydir").glob("*")):
            seal(file, draft / f"{file.name}.sealed", repository.key)
        (draft / "snapshot.json").write_text(json.dumps({"id": name, "keys": keys}))
        draft.rename(repository.valkey / name)
    except (redis.RedisError, OSError) as error:
        raise SnapshotFailed(f"Valkey's snapshot: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    sync_folder(repository.valkey)
    return name


def _save(client: redis.Redis, clock: Callable[[], float] = time.monotonic) -> int:
    anything: Any = client
    before, deadline = anything.lastsave(), clock() + _SECONDS
    _begin(anything)
    while anything.info("persistence")["rdb_bgsave_in_progress"] or anything.lastsave() < before:
        if clock() > deadline:
            raise SnapshotFailed("Valkey did not end its snapshot in time")
        time.sleep(0.05)
    if (status := anything.info("persistence")["rdb_last_bgsave_status"]) != "ok":
        raise SnapshotFailed(f"Valkey's own snapshot failed: {status}")
    return int(anything.dbsize())


def _begin(client: Any) -> None:
    try:
        client.bgsave()
    except redis.ResponseError as error:
        if "in progress" not in str(error):  # then that one is waited for
            raise
