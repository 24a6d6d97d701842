"""The temporary instances of this machine: made on request, watched, promoted or destroyed; what becomes of each is written."""

import shutil
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from local.backups.bucket import Documents
from local.backups.repository import Repository
from local.backups.restore import RestoreFailed, TemporaryPostgres, plan
from local.state import LOOPBACK
from shared.backups.instances import Instance

REPLAY_SECONDS = 3600.0


class Encrypted(Protocol):
    """What speaks TLS on a port of its own before a server that doesn't."""

    @property
    def port(self) -> int: ...

    def stop(self) -> None: ...


@dataclass
class _One:
    postgres: TemporaryPostgres
    state: Instance
    encrypted: Encrypted | None = None
    aborted: threading.Event = field(default_factory=threading.Event)

    def close(self) -> None:
        """Nobody reaches it from now on."""
        encrypted, self.encrypted = self.encrypted, None
        if encrypted:
            encrypted.stop()

    def destroy(self) -> None:
        self.close()
        self.postgres.destroy()


@dataclass(frozen=True, kw_only=True)
class Making:
    """How an instance is made here. ``answers`` tells whether the server on a port takes connections, ``admit_owner`` lets the
    database's owner in with today's password, ``encrypt`` puts what speaks TLS before a port: functions speak nothing else.
    """

    folder: Path
    binaries: Path
    user: str | None
    free_port: Callable[[], int]
    answers: Callable[[int], bool]
    admit_owner: Callable[[int], None]
    encrypt: Callable[[int], Encrypted]


class Restores:
    def __init__(self, repository: Repository, documents: Documents, making: Making) -> None:
        self._repository = repository
        self._documents = documents
        self._making = making
        self._instances: dict[str, _One] = {}
        self._workers = ThreadPoolExecutor(2, "restore")

    def forget_lost(self, promoting: Collection[str], take: Callable[[str, Path], None]) -> None:
        """After a restart: none of the instances of before is left. Data of those that are being promoted is taken on the way."""
        for drill, instance in list(self._documents.instances()):
            data = self._making.folder / drill / "data"
            if drill in promoting and data.exists():
                take(drill, data)
                self._documents.write_instance(drill, Instance(state="promoting", step="taken up again"))
            elif instance.state in {"creating", "available"}:
                self._documents.write_instance(
                    drill, _failed("the keeper of backups was restarted: the instance is lost")
                )
        shutil.rmtree(self._making.folder, ignore_errors=True)
        self._making.folder.mkdir(mode=0o711, parents=True)

    def provision(self, drill: str, to: datetime, base_before: datetime, ready: Callable[[], None]) -> None:
        """Begin; ``ready`` waits until the archive reaches the moment, and raises RestoreFailed when it does not."""
        making = self._making
        postgres = TemporaryPostgres(making.folder / drill, making.binaries, making.free_port(), making.user)
        one = self._instances[drill] = _One(postgres, Instance(state="creating", step="asked for"))
        self._tell(drill, one, one.state)
        self._workers.submit(self._make, drill, one, to, base_before, ready)

    def look_after(self) -> None:
        """An instance that died by itself is lost, and said to be."""
        for drill, one in list(self._instances.items()):
            if one.state.state == "available" and not one.postgres.is_alive():
                why = one.postgres.why()
                one.destroy()
                self._tell(drill, one, _failed(f"the temporary instance is lost: {why}"))

    def pid(self, drill: str) -> int | None:
        return self._instances[drill].postgres.pid

    def destroy(self, drill: str) -> None:
        one = self._instances.pop(drill, None)
        if one:
            one.aborted.set()
            one.destroy()
        self._documents.write_instance(drill, Instance(state="gone"))

    def take_out(self, drill: str) -> Path | None:
        """Stop an available instance and hand over its data, to be promoted."""
        one = self._instances.get(drill)
        if one is None or one.state.state != "available":
            return None
        self._tell(drill, one, Instance(state="promoting", step="stopping"))
        one.close()
        one.postgres.stop()
        del self._instances[drill]
        return one.postgres.data

    def stop(self) -> None:
        for drill in list(self._instances):
            one = self._instances.pop(drill)
            one.aborted.set()
            one.destroy()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _make(self, drill: str, one: _One, to: datetime, base_before: datetime, ready: Callable[[], None]) -> None:
        begun = time.monotonic()
        try:
            self._say(drill, one, "waiting until the archive reaches the moment")
            ready()
            chosen = plan(self._repository, to, base_before=base_before)
            one.postgres.provision(self._repository, chosen, lambda step: self._say(drill, one, step))
            one.postgres.wait_until_open(self._is_open(one), begun + REPLAY_SECONDS)
            self._making.admit_owner(one.postgres.port)
            one.encrypted = self._making.encrypt(one.postgres.port)
        except RestoreFailed as error:
            one.destroy()
            self._tell(drill, one, _failed(str(error)))
        except BaseException as error:
            one.destroy()
            self._tell(drill, one, _failed(f"{type(error).__name__}: {error}"))
            raise
        else:
            facts = {
                "base_backup": chosen.base.id, "wal_segments": len(chosen.segments), "restored_to": to.isoformat(),
                "base_completed_at": chosen.base.completed_at, "seconds": round(time.monotonic() - begun, 3),
            }  # fmt: skip
            self._tell(drill, one, Instance(state="available", host=LOOPBACK, port=one.encrypted.port, facts=facts))

    def _is_open(self, one: _One) -> Callable[[], bool]:
        def answers() -> bool:
            _unless_aborted(one)
            return self._making.answers(one.postgres.port)

        return answers

    def _say(self, drill: str, one: _One, step: str) -> None:
        _unless_aborted(one)
        self._tell(drill, one, Instance(state="creating", step=step))

    def _tell(self, drill: str, one: _One, state: Instance) -> None:
        one.state = state
        if not one.aborted.is_set():
            self._documents.write_instance(drill, state)


def _unless_aborted(one: _One) -> None:
    if one.aborted.is_set():
        raise RestoreFailed("it was destroyed while it was being made")


def _failed(reason: str) -> Instance:
    return Instance(state="failed", reason=reason)
