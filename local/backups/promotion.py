"""A restored database takes the place of the running one, whose data is kept aside; and the way back.

Three folders beside each other: `postgres` runs, `postgres-restored-…` is to run, `postgres-before-…` ran before. Each move is a
rename, so that whoever is killed between two of them finds from the folders alone what is left to do.
"""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from local import postgres
from local.backups.restore import RestoreFailed
from local.state import Configuration, State, is_free
from shared.backups.instances import Aside
from shared.backups.words import size_text

_SECONDS = 60.0
_RECOVERY = re.compile(r"^(restore_command|recovery_target\w*)\s*=")


class Places:
    def __init__(self, state: State, config: Configuration) -> None:
        self._state = state
        self._config = config
        self.running = state.folder / "postgres"

    @property
    def log(self) -> Path:
        """The running database's write-ahead log."""
        return self.running / "pg_wal"

    def restored(self, drill: str) -> Path:
        return self._state.folder / f"postgres-restored-{drill}"

    def before(self, drill: str) -> Path:
        return self._state.folder / f"postgres-before-{drill}"

    def take(self, drill: str, data: Path) -> None:
        """The stopped, restored data waits for its place."""
        _forget_recovery(data)
        data.rename(self.restored(drill))

    def is_promoting(self, drill: str) -> bool:
        """After a kill: whether there is something to go on with."""
        return self.restored(drill).exists() or self.before(drill).exists()

    def promote(self, drill: str) -> Aside:
        """Put it where PostgreSQL's supervisor starts it from. Raises RestoreFailed, and the old data is in its place."""
        try:
            if self.restored(drill).exists():
                self._stop()
                swap(self.running, self.restored(drill), self.before(drill))
            self._start("PostgreSQL did not start with the restored data")
        except (OSError, RestoreFailed) as error:
            self.go_back(drill)
            raise RestoreFailed(f"not promoted, the old data is in its place: {error}") from error
        return self.aside(drill)

    def go_back(self, drill: str) -> None:
        """What ran before runs again; what was restored is gone."""
        refused = self._state.folder / f"postgres-refused-{drill}"
        if self.before(drill).exists():
            self._stop()
            swap(self.running, self.before(drill), refused)
        self._start("PostgreSQL did not start with the data of before")
        for left in (refused, self.restored(drill)):
            shutil.rmtree(left, ignore_errors=True)

    def aside(self, drill: str) -> Aside:
        size = sum(file.stat().st_size for file in self.before(drill).rglob("*") if file.is_file())
        return Aside(name=self.before(drill).name, costs=f"{size_text(size)} of this machine's disk")

    def remove_aside(self, drill: str) -> None:
        shutil.rmtree(self.before(drill), ignore_errors=True)

    def _stop(self) -> None:
        self._state.held("postgres").touch()
        _until(lambda: is_free(self._config.postgres_port), "PostgreSQL did not stop")

    def _start(self, otherwise: str) -> None:
        self._state.held("postgres").unlink(missing_ok=True)
        _until(lambda: postgres.answers(self._config, self._config.postgres_port), otherwise)


def swap(running: Path, wanted: Path, aside: Path) -> None:
    """Two renames; after a kill between them the second is done alone."""
    if running.exists():
        running.rename(aside)
    wanted.rename(running)


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
