"""A restored database takes the place of the running one, whose data is kept aside."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from local import postgres
from local.backups.restore import RestoreFailed
from local.state import Configuration, State, is_free

_SECONDS = 60.0
_RECOVERY = re.compile(r"^(restore_command|recovery_target\w*)\s*=")


def promote(state: State, config: Configuration, drill: str, restored: Path) -> None:
    """Put the stopped, restored data where PostgreSQL's supervisor starts it from. Raises RestoreFailed.

    The old data stays as `postgres-before-…`; if anything goes wrong it is put back.
    """
    running, aside, held = state.folder / "postgres", state.folder / f"postgres-before-{drill}", state.held("postgres")
    _forget_recovery(restored)
    held.touch()
    try:
        _until(lambda: is_free(config.postgres_port), "PostgreSQL did not stop")
        running.rename(aside)
        restored.rename(running)
        held.unlink()
        _until(
            lambda: postgres.answers(config, config.postgres_port), "PostgreSQL did not start with the restored data"
        )
    except (OSError, RestoreFailed) as error:
        if aside.exists():
            held.touch()
            _until(lambda: is_free(config.postgres_port), "PostgreSQL did not stop")
            if running.exists():
                running.rename(state.folder / f"postgres-refused-{drill}")
            aside.rename(running)
        raise RestoreFailed(f"not promoted, the old data is in its place: {error}") from error
    finally:
        held.unlink(missing_ok=True)


def _forget_recovery(data: Path) -> None:
    file = data / "postgresql.auto.conf"
    kept = [line for line in file.read_text().splitlines() if not _RECOVERY.match(line)]
    file.write_text("".join(f"{line}\n" for line in kept))


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise RestoreFailed(otherwise)
        time.sleep(0.1)
