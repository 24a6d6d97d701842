"""Keeps this machine's backups, as AWS Backup and RDS keep a stage's: archives, takes, forgets, restores on request."""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import uuid4

from local.backups.base_backup import BackupFailed, Source, take_base_backup
from local.backups.bucket import Documents
from local.backups.inspection import Inventory, inspection, read_part
from local.backups.repository import Repository, completed, failed
from local.backups.restore import RestoreFailed
from local.backups.restores import Restores
from local.backups.schedule import last_due
from local.backups.sealing import Damaged
from local.backups.source import Connect, Reach, SourceUnavailable, finish_segment
from local.backups.valkey_snapshot import SnapshotFailed
from local.progress import say
from shared.backups.instances import Aside, Instance
from shared.backups.model import Job, Report
from shared.runbook.tasks import Schedule
from shared.storage.kept import PREFIX as ACCEPTED

MARK_EVERY: Final = timedelta(seconds=20)
ARCHIVE_SECONDS: Final = 60.0
NIGHTLY: Final = "nightly-"
NEVER: Final = datetime.fromtimestamp(0, UTC)
TRY_AGAIN: Final = timedelta(hours=1)


class Places(Protocol):
    """Where the running database's data is, and where that is which takes its place."""

    @property
    def log(self) -> Path: ...
    def take(self, drill: str, data: Path) -> None: ...
    def is_promoting(self, drill: str) -> bool: ...
    def promote(self, drill: str) -> Aside: ...
    def go_back(self, drill: str) -> None: ...
    def remove_aside(self, drill: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Duties:
    """What is kept: how backups are made, when they are due, how long they stay."""

    source: Source
    connect: Connect
    snapshot: Callable[[datetime], str]
    places: Places
    nightly: Schedule
    weekly: Schedule
    daily_reading: Schedule
    keep: timedelta


class Keeper:
    def __init__(self, repository: Repository, documents: Documents, restores: Restores, duties: Duties) -> None:
        self._repository = repository
        self._documents = documents
        self._restores = restores
        self._duties = duties
        self._reach = Reach()
        self._inventory = Inventory.load(repository)
        self._marked_at = NEVER
        self._snapshot_tried_at = NEVER
        self._reading_tried_at = NEVER
        self._job: Future[None] | None = None
        self._jobs = ThreadPoolExecutor(1, "backup")

    def begin(self, now: datetime) -> None:
        self._repository.fail_interrupted(now)
        self._repository.take_histories(self._duties.places.log)
        asked = {str(request["id"]) for _, request in self._documents.requests() if request["action"] == "promote"}
        begun = {drill for drill, instance in self._documents.instances() if instance.state == "promoting"}
        self._restores.forget_lost(asked | begun, self._duties.places.take)

    def tick(self, now: datetime) -> None:
        """Once a second: everything that there is to do, none of it waited for."""
        self._archive(now)
        self._restores.look_after()
        self._finish_promotions()
        for key, request in self._documents.requests():
            self._act(request)
            self._documents.forget(key)  # only now: until then it says that something was asked for
        if self._job is None or self._job.done():
            self._begin_what_is_due(now)
        self._documents.publish(self.report())

    def report(self) -> Report:
        bases = self._repository.bases()
        return Report(
            jobs=tuple(self._repository.jobs()),
            points=tuple(self._repository.points()),
            window=self._reach.window(bases[0].finished if bases else None),
            snapshots=tuple(self._repository.snapshots()),
            inspection=inspection(self._repository, self._inventory, self._reach.segment),
        )

    def stop(self) -> None:
        self._restores.stop()
        self._jobs.shutdown(wait=False, cancel_futures=True)

    def _archive(self, now: datetime) -> None:
        try:
            self._repository.take_in()
        except Damaged as error:
            say(f"archive: {error}")
        if now - self._marked_at >= MARK_EVERY:
            self._marked_at = now
            self._mark()
        self._reach.arrived(frozenset(self._repository.segments()))

    def _mark(self) -> None:
        try:
            self._reach.mark(*finish_segment(self._duties.connect))
        except SourceUnavailable as error:
            say(f"PostgreSQL does not answer: {error}")  # the window ends where it ended: the 16:00 check sees it lag

    def _begin_what_is_due(self, now: datetime) -> None:
        nights = [job.created_at for job in self._repository.jobs() if job.id.startswith(NIGHTLY)]
        weeks = [snapshot.created_at for snapshot in self._repository.snapshots()]
        if last_due(self._duties.nightly, now) > max(nights, default=NEVER):
            self._job = self._jobs.submit(self._back_up, f"{NIGHTLY}{uuid4().hex[:12]}")
        elif (
            last_due(self._duties.weekly, now) > max(weeks, default=NEVER) and now > self._snapshot_tried_at + TRY_AGAIN
        ):
            self._snapshot_tried_at = now
            self._job = self._jobs.submit(self._snapshot)
        elif (
            last_due(self._duties.daily_reading, now) > (self._inventory.read_at or NEVER)
            and now > self._reading_tried_at + TRY_AGAIN
        ):
            self._reading_tried_at = now
            self._job = self._jobs.submit(self._read_part)

    def _act(self, request: dict[str, Any]) -> None:
        drill, action = str(request["id"]), request["action"]
        say(f"{action} {drill}")
        match action:
            case "back_up":
                self._job = self._jobs.submit(self._back_up, drill)
            case "snapshot":
                self._job = self._jobs.submit(self._snapshot)
            case "provision":
                to, base_before = (datetime.fromisoformat(request[name]) for name in ("to", "base_before"))
                self._restores.provision(drill, to, base_before, lambda: self._until_archived(to))
            case "destroy":
                self._restores.destroy(drill)
            case "promote":
                self._take_out(drill)
            case "go_back":
                self._go_back(drill)
            case "remove_aside":
                self._duties.places.remove_aside(drill)
                self._documents.forget_aside(drill)
            case _:
                say(f"{drill}: nobody knows how to {action}")

    def _back_up(self, job_id: str) -> None:
        started = datetime.now(UTC)
        job = Job(id=job_id, state="RUNNING", message_category="", message="", created_at=started)
        self._repository.record(job)
        try:
            base = take_base_backup(self._repository, self._duties.source, started, self._duties.keep)
        except (BackupFailed, OSError) as error:
            self._repository.record(failed(job, str(error), datetime.now(UTC)))
            say(f"backup {job_id} failed: {error}")
            return
        self._repository.record(completed(job, base.id, datetime.now(UTC)))
        say(f"backup {job_id}: {base.id}, {base.size:,} bytes, verified")
        now = datetime.now(UTC)
        for forgotten in self._repository.prune(now):
            say(f"forgot {forgotten}, whose time was over")
        self._documents.expire(ACCEPTED, now - self._duties.keep)

    def _snapshot(self) -> None:
        try:
            say(f"snapshot {self._duties.snapshot(datetime.now(UTC))}")
        except SnapshotFailed as error:
            say(str(error))

    def _read_part(self) -> None:
        try:
            found = read_part(self._repository, self._inventory, datetime.now(UTC), self._duties.keep)
            found.save(self._repository)
        except OSError as error:
            say(f"what was read of the backups could not be recorded: {error}")
            return
        self._inventory = found
        say(f"read {found.parts[-1].files} of {len(found.files)} kept files")

    def _until_archived(self, to: datetime) -> None:
        """A segment behind the moment is finished at once, and waited for."""
        deadline = time.monotonic() + ARCHIVE_SECONDS
        while self._reach.latest is None or self._reach.latest < to:
            if time.monotonic() > deadline:
                raise RestoreFailed(
                    f"the archive does not reach {to:%Y-%m-%d %H:%M:%S} UTC; it ends at {self._reach.latest}"
                )
            if datetime.now(UTC) > to and not self._reach.will_reach(to):
                self._marked_at = NEVER  # the next tick sets a mark
            time.sleep(0.5)

    def _take_out(self, drill: str) -> None:
        """Asked for again after a kill it is out already."""
        data = self._restores.take_out(drill)
        if data is not None:
            self._duties.places.take(drill, data)
            shutil.rmtree(data.parent, ignore_errors=True)
        elif not self._duties.places.is_promoting(drill):
            self._documents.write_instance(drill, _failed("there is no instance to promote"))

    def _finish_promotions(self) -> None:
        """Those that were asked for, and those that a kill of this process interrupted."""
        for drill, instance in list(self._documents.instances()):
            if instance.state != "promoting":
                continue
            if self._duties.places.is_promoting(drill):
                self._promote(drill)
            else:
                self._documents.write_instance(drill, _failed("its data is lost"))

    def _promote(self, drill: str) -> None:
        try:
            aside = self._duties.places.promote(drill)
        except RestoreFailed as error:
            self._documents.write_instance(drill, _failed(str(error)))
            return
        self._repository.take_histories(self._duties.places.log)
        self._documents.write_aside(drill, aside)
        self._documents.write_instance(drill, Instance(state="promoted"))
        self._job = self._jobs.submit(self._back_up, f"promoted-{drill}")

    def _go_back(self, drill: str) -> None:
        self._documents.write_instance(drill, Instance(state="going back"))
        try:
            self._duties.places.go_back(drill)
        except RestoreFailed as error:
            say(f"{drill}: {error}")  # asked for again
            return
        self._documents.forget_aside(drill)
        self._documents.write_instance(drill, Instance(state="gone"))


def _failed(reason: str) -> Instance:
    return Instance(state="failed", reason=reason)
