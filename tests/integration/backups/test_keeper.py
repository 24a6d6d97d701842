import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from os import kill
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from local.backups import keeper
from local.backups.bucket import Documents
from local.backups.keeper import Duties, Keeper
from local.backups.repository import Repository, completed, snapshot_id
from local.backups.restore import RestoreFailed
from local.backups.restores import Making, Restores
from local.backups.sealing import seal
from local.state import free_port
from shared.backups.catalogue import KEY, CataloguedBackups
from shared.backups.instances import Aside, Instance, InstanceState
from shared.backups.kept_instances import KeptInstances
from shared.backups.model import Job, Limits, Part
from shared.backups.verify import verify
from shared.runbook.load import the_runbook
from shared.runbook.tasks import Schedule
from tests.integration.backups.conftest import KEEP, World, until

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "p09-test-archive"
RUNBOOK = the_runbook()


class Folders:
    """As `local/backups/promotion.py` moves them; PostgreSQL is not started. ``dies`` is a kill in the midst of a promotion."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dies = False
        self.refuses = False

    @property
    def log(self) -> Path:
        return self.folder / "running" / "pg_wal"

    def _of(self, name: str, drill: str) -> Path:
        return self.folder / f"{name}-{drill}"

    def take(self, drill: str, data: Path) -> None:
        data.rename(self._of("restored", drill))

    def is_promoting(self, drill: str) -> bool:
        return self._of("restored", drill).exists() or self._of("before", drill).exists()

    def promote(self, drill: str) -> Aside:
        if self.dies:
            raise KeyboardInterrupt
        if self.refuses:
            raise RestoreFailed("PostgreSQL did not start with the restored data")
        self.log.mkdir(parents=True, exist_ok=True)
        for history in (self._of("restored", drill) / "pg_wal").glob("*.history"):
            shutil.copy(history, self.log)
        self._of("restored", drill).rename(self._of("before", drill))
        return Aside(name=f"before-{drill}", costs="1 MiB")

    def go_back(self, drill: str) -> None:
        shutil.rmtree(self._of("before", drill))

    def remove_aside(self, drill: str) -> None:
        shutil.rmtree(self._of("before", drill))


@dataclass(frozen=True)
class Plain:
    """Before a server whose tests speak no TLS: its own port."""

    port: int

    def stop(self) -> None:
        """There is nothing to stop."""


class Machine:
    """The keeper, ticked until something holds."""

    def __init__(self, world: World, s3: "S3Client") -> None:
        self.world = world
        self.s3 = s3
        self.instances = KeptInstances(s3, BUCKET)
        self.places = Folders(world.folder)
        self.duties = Duties(
            source=world.source, connect=world.connect, snapshot=self._snapshot, places=self.places,
            nightly=RUNBOOK.schedules.nightly_backup, weekly=RUNBOOK.schedules.valkey_snapshot, keep=KEEP,
            daily_reading=RUNBOOK.schedules.backup_inspection,
        )  # fmt: skip
        self.keeper = self.start()

    def start(self) -> Keeper:
        world = self.world
        documents = Documents(self.s3, BUCKET)
        making = Making(
            folder=world.folder / "restores", binaries=world.server.binaries, user=world.user, free_port=free_port,
            answers=world.answers, admit_owner=lambda _: None, encrypt=Plain,
        )  # fmt: skip
        self.restores = Restores(world.repository, documents, making)
        started = Keeper(world.repository, documents, self.restores, self.duties)
        started.begin(datetime.now(UTC))
        return started

    def _snapshot(self, now: datetime) -> str:
        name = snapshot_id(now)
        folder = self.world.repository.valkey / name
        folder.mkdir()
        (folder / "plain").write_bytes(b"REDIS0011")
        seal(folder / "plain", folder / "dump.rdb.sealed", self.world.repository.key)
        return name

    def until(self, holds: Callable[[], bool], what: str) -> None:
        def ticked() -> bool:
            self.keeper.tick(datetime.now(UTC))
            return holds()

        until(ticked, what)

    def until_state(self, drill: str, state: InstanceState) -> Instance:
        self.until(lambda: self.instances.look(drill).state == state, f"{drill} {state}")
        return self.instances.look(drill)

    def provision(self, drill: str, to: datetime) -> None:
        self.instances.provision(drill, to=to, base_before=to)


@contextmanager
def _machine(world: World) -> Iterator[Machine]:
    with mock_aws():
        s3: S3Client = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        found = Machine(world, s3)
        try:
            yield found
        finally:
            found.keeper.stop()


@pytest.fixture(autouse=True)
def marks_are_set_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "MARK_EVERY", timedelta(seconds=1))  # nobody has to wait for the next one


@pytest.fixture
def machine(world: World) -> Iterator[Machine]:
    """To which a backup is due."""
    with _machine(world) as found:
        yield found


@pytest.fixture
def rested(backed_up: World) -> Iterator[Machine]:
    """To which nothing is due any more."""
    now, repository = datetime.now(UTC), backed_up.repository
    job = Job(id=f"{keeper.NIGHTLY}before", state="RUNNING", message_category="", message="", created_at=now)
    repository.record(completed(job, repository.bases()[-1].id, now))
    with _machine(backed_up) as found:
        _backed_up(found)
        yield found


def _backed_up(machine: Machine) -> None:
    machine.until(lambda: bool(machine.world.repository.bases()), "the backup that is due")
    machine.until(lambda: machine.keeper.report().window is not None, "a window")
    machine.until(lambda: machine.keeper.report().snapshots != (), "the snapshot that is due")


def test_what_is_due_is_taken_and_the_check_passes(machine: Machine) -> None:
    _backed_up(machine)
    report = CataloguedBackups(machine.s3, BUCKET, [BUCKET]).report(datetime.now(UTC))
    finding = verify(report, Limits.of(RUNBOOK.tasks.backup_verification), datetime.now(UTC))
    assert finding.reasons == ()
    assert finding.measured["newest_backup"]["encrypted"]
    assert finding.measured["point_in_time"]["lag_seconds"] < 600
    versions = machine.s3.list_object_versions(Bucket=BUCKET, Prefix=KEY)
    assert len(versions["Versions"]) == 1


def test_what_is_due_is_taken_once(machine: Machine) -> None:
    _backed_up(machine)
    for _ in range(3):
        machine.keeper.tick(datetime.now(UTC))
    assert len(machine.world.repository.jobs()) == 1


def test_a_source_that_is_down_makes_the_check_fail(machine: Machine) -> None:
    machine.world.server.kill()
    machine.until(lambda: any(job.state == "FAILED" for job in machine.world.repository.jobs()), "a failed job")
    finding = verify(machine.keeper.report(), Limits.of(RUNBOOK.tasks.backup_verification), datetime.now(UTC))
    assert finding.verdict == "failed"
    assert finding.reasons[0].startswith("No backup job has completed: 1")


def test_an_instance_is_made_on_request_and_gone_on_request(rested: Machine) -> None:
    world = rested.world
    world.run("insert into facts values (0, 'after')")
    moment = world.now()
    world.run("delete from facts")
    rested.provision("drill-1", moment)
    rested.provision("drill-1", moment)
    assert rested.instances.look("drill-1").state == "creating"
    made = rested.until_state("drill-1", "available")
    assert world.run("select count(*) from facts", made.port) == [[2001]]
    assert made.facts["base_backup"] == world.repository.bases()[-1].id
    rested.instances.destroy("drill-1")
    rested.until_state("drill-1", "gone")
    assert not world.answers(made.port)
    assert list((world.folder / "restores").iterdir()) == []


def test_a_lost_instance_is_a_failed_one(rested: Machine) -> None:
    rested.provision("drill-2", rested.world.now())
    rested.until_state("drill-2", "available")
    pid = rested.restores.pid("drill-2")
    assert pid
    kill(pid, signal.SIGKILL)
    lost = rested.until_state("drill-2", "failed")
    assert lost.reason.startswith("the temporary instance is lost")
    assert list((rested.world.folder / "restores").iterdir()) == []


def test_a_restarted_keeper_leaves_no_instance_and_no_running_job(rested: Machine) -> None:
    made_by = rested.restores
    rested.provision("drill-3", rested.world.now())
    rested.until_state("drill-3", "available")
    rested.keeper = rested.start()
    made_by.stop()  # with the keeper's process its children end
    assert rested.instances.look("drill-3").state == "failed"
    assert list((rested.world.folder / "restores").iterdir()) == []


def test_a_moment_in_the_future_is_waited_for_and_reached(rested: Machine) -> None:
    rested.provision("drill-4", rested.world.now() + timedelta(seconds=2))
    rested.until_state("drill-4", "available")


def test_a_missing_segment_ends_in_a_failed_instance(rested: Machine) -> None:
    world = rested.world
    needed = world.repository.bases()[-1].first_segment
    moment = world.now()
    (world.repository.wal / needed).unlink()
    rested.provision("drill-5", moment)
    assert f"WAL segment {needed} is missing" in rested.until_state("drill-5", "failed").reason


def _altered(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda kept: None, ""),
        (lambda kept: (kept.wal / kept.segments()[-2]).unlink(), "is missing from the archive: no moment after"),
        (lambda kept: _altered(kept.wal / kept.segments()[-2]), "is not what was archived: no moment after"),
        (lambda kept: _altered(kept.base / kept.bases()[-1].id / "base.tar.sealed"), "can't be restored, and no moment after"),
        (lambda kept: _altered(next(kept.valkey.glob("*/dump.rdb.sealed"))), "of Valkey can't be restored."),
    ],
    ids=["nothing", "a segment gone", "a segment altered", "a base backup altered", "a snapshot altered"],
)  # fmt: skip
def test_the_daily_check_fails_on_a_hole_or_a_changed_byte(
    rested: Machine, spoil: Callable[[Repository], None], said: str
) -> None:
    kept = rested.world.repository
    for _ in range(3):
        rested.world.archive()
    rested.until(lambda: bool(_parts(rested)), "the first reading of what is kept")
    spoil(kept)
    rested.duties = replace(rested.duties, daily_reading=Schedule.model_validate({"title": "soon", "every": "1s"}))
    rested.keeper.stop()
    rested.keeper = rested.start()
    first = _parts(rested)[-1].at
    rested.until(lambda: _parts(rested)[-1].at > first, "the next reading")
    rested.until(lambda: rested.keeper.report().window is not None, "a window")
    report = CataloguedBackups(rested.s3, BUCKET, [BUCKET]).report(datetime.now(UTC))
    finding = verify(report, Limits.of(RUNBOOK.tasks.backup_verification), datetime.now(UTC))
    assert len(finding.reasons) == bool(said), finding.reasons
    assert said in "".join(finding.reasons)


def _parts(machine: Machine) -> tuple[Part, ...]:
    found = machine.keeper.report().inspection
    return found.parts if found else ()


def test_a_request_by_hand_is_a_job_of_its_own(rested: Machine) -> None:
    request = f"manual-{uuid4().hex[:8]}"
    rested.instances.ask(request, "back_up")
    rested.until(
        lambda: any(job.id == request and job.completed_at for job in rested.keeper.report().jobs),
        "the backup by hand",
    )
    assert len(rested.world.repository.bases()) == 2


def provisioned(rested: Machine, drill: str) -> None:
    rested.provision(drill, rested.world.now())
    rested.until_state(drill, "available")


def promoted(rested: Machine, drill: str) -> None:
    """And backed up at once, on its new timeline."""
    rested.until_state(drill, "promoted")
    rested.until(
        lambda: any(job.id == f"promoted-{drill}" and job.completed_at for job in rested.keeper.report().jobs),
        f"the backup of {drill}",
    )


def test_a_promotion_leaves_word_of_what_was_put_aside_until_that_is_removed(rested: Machine) -> None:
    provisioned(rested, "restore-1")
    rested.instances.promote("restore-1")
    promoted(rested, "restore-1")
    aside = rested.instances.aside("restore-1")
    assert aside == Aside(name="before-restore-1", costs="1 MiB")
    rested.instances.remove_aside("restore-1")
    rested.until(lambda: rested.instances.aside("restore-1") is None, "its removal")
    assert not rested.places.is_promoting("restore-1")


def test_the_history_of_a_promoted_timeline_is_archived_and_the_next_restore_begins_another(rested: Machine) -> None:
    """Although the instance archived nothing when it began its timeline; what a keeper missed it archives when it begins."""
    repository = rested.world.repository
    provisioned(rested, "restore-6")
    rested.instances.promote("restore-6")
    promoted(rested, "restore-6")
    assert repository.histories() == ["00000002.history"]
    (repository.wal / "00000002.history").unlink()
    rested.keeper = rested.start()
    assert repository.histories() == ["00000002.history"]
    provisioned(rested, "restore-7")
    port = rested.instances.look("restore-7").port
    assert rested.world.run("select left(pg_walfile_name(pg_current_wal_lsn()), 8)", port) == [["00000003"]]


def test_a_keeper_that_was_killed_in_a_promotion_goes_on_with_it(rested: Machine) -> None:
    provisioned(rested, "restore-2")
    rested.instances.promote("restore-2")
    rested.places.dies = True
    with pytest.raises(KeyboardInterrupt):
        rested.until_state("restore-2", "promoted")
    assert rested.instances.look("restore-2").state == "promoting"
    rested.places.dies = False
    rested.keeper = rested.start()
    promoted(rested, "restore-2")


def test_a_keeper_that_was_killed_before_it_took_the_data_out_takes_it_up_again(rested: Machine) -> None:
    provisioned(rested, "restore-5")
    rested.instances.promote("restore-5")
    killed = rested.restores
    pid = killed.pid("restore-5")
    assert pid
    kill(pid, signal.SIGKILL)  # with the keeper's process its children end
    rested.keeper = rested.start()
    promoted(rested, "restore-5")
    assert rested.places.is_promoting("restore-5")
    killed.stop()


def test_a_promotion_that_fails_says_why_and_one_that_is_taken_back_leaves_nothing(rested: Machine) -> None:
    provisioned(rested, "restore-3")
    rested.places.refuses = True
    rested.instances.promote("restore-3")
    assert "did not start" in rested.until_state("restore-3", "failed").reason
    rested.places.refuses = False
    provisioned(rested, "restore-4")
    rested.instances.promote("restore-4")
    promoted(rested, "restore-4")
    rested.instances.go_back("restore-4")
    rested.until_state("restore-4", "gone")
    assert rested.instances.aside("restore-4") is None


def test_copies_of_accepted_events_expire_with_the_backups(rested: Machine) -> None:
    rested.s3.put_object(Bucket=BUCKET, Key="accepted/old", Body=b"")
    rested.keeper._documents.expire("accepted/", datetime.now(UTC) - timedelta(days=1))
    assert rested.s3.list_objects_v2(Bucket=BUCKET, Prefix="accepted/")["KeyCount"] == 1
    rested.keeper._documents.expire("accepted/", datetime.now(UTC) + timedelta(days=1))
    assert rested.s3.list_objects_v2(Bucket=BUCKET, Prefix="accepted/")["KeyCount"] == 0
