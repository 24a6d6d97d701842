import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.backups.show import step_view
from tests.integration.backups.conftest import World
from tests.integration.backups.test_proof import traffic
from tests.integration.backups.workflow import Crash, Workflow


@pytest.fixture
def workflow(backed_up: World) -> Iterator[Workflow]:
    found = Workflow(backed_up)
    yield found
    found.instances.destroy("")


def _proved(workflow: Workflow) -> dict[str, Any]:
    step = workflow.store.step(workflow.found().id, "compare")
    assert step
    assert step.result
    return dict(step.result)


def test_a_drill_under_traffic_proves_every_table_and_waits_for_a_second_person(workflow: Workflow) -> None:
    workflow.begin()
    with traffic(workflow.world):
        drill = workflow.run()
    assert (drill.status, drill.why) == ("waiting for sign-off", "")
    assert drill.to
    assert drill.rows
    assert drill.rpo_seconds is not None
    assert 15 < drill.rpo_seconds < 120
    assert drill.rto_seconds is not None
    assert set(_proved(workflow)["tables"]) >= {"facts", "also", "events", "backup_sentinels"}
    assert workflow.instances.instance is None
    names = [step.name for step in workflow.store.steps(drill.id)]
    assert names == ["mark", "provision", "admit", "compare", "smoke test", "destroy", "sign-off"]
    assert workflow.events() == []
    signed = workflow.sign()
    assert signed.status == "passed"
    assert (signed.started_by, signed.started_by_subject) == ("ada", "subject-of-ada")
    assert (signed.signed_by, signed.signed_by_subject) == ("grace", "subject-of-grace")
    assert workflow.events() == ["DrillPassed"]
    for step in workflow.store.steps(drill.id):
        assert set(step.result or {}) - set(step_view(step)["result"] or {}) <= {"by_subject"}, step.name


def test_a_drill_to_a_marked_moment_goes_back_to_it(workflow: Workflow) -> None:
    workflow.begin()
    first = workflow.run()
    assert first.to
    workflow.world.run("delete from facts")
    again = Workflow(workflow.world)
    again.store.write_mark(workflow.store.marks(limit=1)[0])
    again.begin(to=first.to.isoformat())
    found = again.run()
    assert found.status == "waiting for sign-off"
    assert _proved(again)["tables"]["facts"]["rows"] == 2000


def test_a_moment_that_nobody_marked_proves_nothing(workflow: Workflow) -> None:
    workflow.begin(to=workflow.world.now().isoformat())
    found = workflow.run()
    assert found.status == "failed"
    assert found.why.startswith("Nobody knows what the database held at")


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Room for 8 MiB: a file system of that size where one may be mounted, else a limit on files."""
    folder.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=False).returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 1024**2, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _missing_segment(workflow: Workflow) -> str:
    name = workflow.world.repository.bases()[-1].first_segment

    def remove() -> None:
        workflow.world.archive()
        (workflow.world.repository.wal / name).unlink()

    workflow.after["mark"] = remove
    return f"WAL segment {name} is missing from the archive"


def _flipped_byte(workflow: Workflow) -> str:
    file = next(workflow.world.repository.base.glob("*/base.tar.sealed"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    return "the backup is damaged: base.tar.sealed: chunk"


def _truncated_archive(workflow: Workflow) -> str:
    def truncate() -> None:
        workflow.world.archive()
        file = workflow.world.repository.wal / workflow.world.repository.segments()[-1]
        file.write_bytes(file.read_bytes()[:-1000])
        os.utime(file, (1e9 * 3, 1e9 * 3))  # still the one that reaches to the moment

    workflow.after["mark"] = truncate
    return "the backup is damaged:"


def _lost_instance(workflow: Workflow) -> str:
    def kill() -> None:
        instance = workflow.instances.instance
        assert instance
        assert instance.pid
        os.kill(instance.pid, signal.SIGKILL)
        assert instance._process
        instance._process.wait(10)

    workflow.after["wait"] = kill
    return "the temporary instance is lost"


def _other_content(workflow: Workflow) -> str:
    """Somebody writes to the restored database before it is compared."""

    def change() -> None:
        assert workflow.instances.instance
        workflow.world.run("delete from facts where n = 1", workflow.instances.instance.port)

    workflow.after["wait"] = change
    return "Table facts has 1,999 rows; it had 2,000."


FAULTS: list[Callable[[Workflow], str]] = [
    _missing_segment, _flipped_byte, _truncated_archive, _lost_instance, _other_content,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.__name__).strip("_"))
def test_a_fault_ends_in_a_failed_drill_with_its_reason_and_no_instance(
    workflow: Workflow, fault: Callable[[Workflow], str]
) -> None:
    why = fault(workflow)
    workflow.begin()
    found = workflow.run()
    assert found.status == "failed"
    assert why in found.why
    assert workflow.instances.instance is None
    assert not (workflow.world.folder / "restored").exists()
    assert workflow.events() == ["DrillFailed"]


def test_a_full_disk_ends_in_a_failed_drill_with_its_reason_and_no_instance(workflow: Workflow) -> None:
    workflow.begin()
    workflow.act("mark")
    with _small_disk(workflow.world.folder / "small"):
        workflow.world.restored = workflow.world.folder / "small" / "restored"
        found = workflow.run()
    assert found.status == "failed"
    assert "No space left on device" in found.why or "File too large" in found.why
    assert workflow.instances.instance is None
    assert workflow.events() == ["DrillFailed"]


def test_a_function_killed_before_or_after_any_write_resumes_to_a_good_drill(workflow: Workflow) -> None:
    crashes = 0

    def crash() -> None:
        nonlocal crashes
        crashes += 1
        raise Crash

    def killed_at_every_write(name: str, *arguments: Any) -> None:
        for nth in range(1, 10):
            for when in ("before_write", "after_write"):
                workflow.table.crash_at(nth, when, crash)
                try:
                    workflow.act(name, *arguments)
                except Crash:
                    continue
                workflow.table.crash_at(0, when, crash)
                return
        pytest.fail(f"{name} did not end")

    killed_at_every_write("begin", {"kind": "drill", "started_by": "ada", "reason": "weekly"})
    for name in ("mark", "provision", "wait", "compare", "smoke_test", "destroy"):
        killed_at_every_write(name)
    killed_at_every_write("await_decision", "sign-off", "token")
    killed_at_every_write("decided", "sign-off", {"decision": "signed", "by": "grace"})
    killed_at_every_write("close", "passed")
    assert crashes >= 20
    assert workflow.found().status == "passed"
    assert workflow.found().signed_by == "grace"
    assert workflow.instances.provisioned == 1
    assert workflow.instances.instance is None
    assert workflow.events() == ["DrillPassed"]


def test_an_aborted_drill_leaves_no_instance_and_is_no_failure(workflow: Workflow) -> None:
    workflow.after["wait"] = lambda: workflow.store.update(workflow.found().id, abort_by="ada")
    workflow.begin()
    assert workflow.run().status == "aborted"
    assert workflow.instances.instance is None
    assert workflow.events() == []


def test_a_restore_goes_to_any_moment_and_says_what_is_not_proved(workflow: Workflow) -> None:
    moment = workflow.world.now() + timedelta(microseconds=1)
    workflow.world.run("delete from facts")
    workflow.begin(kind="restore", to=moment.isoformat())
    for name in ("mark", "provision", "wait", "compare", "reapply"):
        workflow.act(name)
    found = _proved(workflow)
    assert found["proved_at"] is None
    assert found["tables"]["facts"]["rows"] == 2000


def test_nothing_is_waited_for_without_end(workflow: Workflow, monkeypatch: pytest.MonkeyPatch) -> None:
    workflow.begin()
    workflow.act("mark")
    assert workflow.drills.patience(workflow.found().id, "wait", "creating")["state"] == "not yet"
    monkeypatch.setattr("shared.backups.run_drill.PATIENCE", timedelta(0))
    assert workflow.drills.patience(workflow.found().id, "wait", "creating")["state"] == "failed"
