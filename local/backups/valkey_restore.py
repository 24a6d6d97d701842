"""Valkey's data of a snapshot takes the place of what it has now, which is kept aside."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.backups.repository import Repository
from local.backups.restore import RestoreFailed
from local.backups.sealing import Damaged, unseal

LOG = "appendonlydir"
_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Valkey:
    """``held`` is the file while which it is kept down; ``answers`` and ``is_down`` tell how it stands."""

    data: Path
    held: Path
    answers: Callable[[], bool]
    is_down: Callable[[], bool]


def restore_valkey(repository: Repository, snapshot: str, valkey: Valkey) -> Path:
    """Returns where the data of before is. Raises RestoreFailed: then that is in its place again."""
    draft, running = valkey.data / f"{LOG}.restored", valkey.data / LOG
    aside = valkey.data / f"{LOG}.before-{snapshot}-{time.time_ns()}"
    _unseal(repository, snapshot, draft)
    valkey.held.touch()
    try:
        _until(valkey.is_down, "Valkey did not stop")
        running.rename(aside)
        draft.rename(running)
        valkey.held.unlink()
        _until(valkey.answers, "Valkey did not start with the restored data")
    except (OSError, RestoreFailed) as error:
        valkey.held.touch()
        _until(valkey.is_down, "Valkey did not stop")
        if aside.exists():
            if running.exists():
                running.rename(valkey.data / f"{LOG}.refused-{time.time_ns()}")
            aside.rename(running)
        raise RestoreFailed(f"not restored, the old data is in its place: {error}") from error
    finally:
        valkey.held.unlink(missing_ok=True)
    return aside


def _unseal(repository: Repository, snapshot: str, draft: Path) -> None:
    source = repository.valkey / snapshot
    sealed = list(source.glob("appendonly.*.sealed"))
    if not sealed:
        known = ", ".join(one.id for one in repository.snapshots()) or "none"
        raise RestoreFailed(f"there is no snapshot {snapshot}; there are: {known}")
    draft.mkdir(mode=0o700, exist_ok=True)
    try:
        for file in sealed:
            unseal(file, draft / file.name.removesuffix(".sealed"), repository.key)
    except Damaged as error:
        raise RestoreFailed(f"the snapshot is damaged: {error}") from error


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise RestoreFailed(otherwise)
        time.sleep(0.1)
