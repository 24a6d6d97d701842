import json
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from local.backups.inspection import Inventory, inspection
from local.backups.restore import RestoreFailed, plan, temporary
from local.backups.sealing import seal, unseal
from tests.integration.backups.conftest import World


def test_a_restore_ends_between_two_transactions(backed_up: World) -> None:
    (base,) = backed_up.repository.bases()
    backed_up.run("insert into facts values (0, 'after the base backup')")
    between = backed_up.now()
    backed_up.run("delete from facts")
    backed_up.archive()

    with temporary(backed_up.restore(between)) as instance:
        assert backed_up.run("select count(*) from facts", instance.port) == [[2001]]
        assert backed_up.run("select said from facts where n = 0", instance.port) == [["after the base backup"]]
        assert backed_up.run("select count(*) from facts") == [[0]]
    assert not instance.is_alive()
    assert not instance.folder.exists()
    assert base.finished < between


def timeline_of(world: World, port: int | None = None) -> str:
    ((segment,),) = world.run("select pg_walfile_name(pg_current_wal_lsn())", port)
    return str(segment)[:8]


def test_a_second_restore_crosses_the_new_timeline_when_the_old_archive_is_gone(backed_up: World) -> None:
    world, repository = backed_up, backed_up.repository
    world.run("insert into facts values (0, 'kept')")
    moment = world.now()
    world.run("delete from facts")
    world.archive()
    restored = world.restore(moment)
    restored.stop()
    world.server.stop()
    promoted = world.server.folder / "data"
    promoted.rename(world.folder / "before")
    restored.data.rename(promoted)
    repository.take_histories(promoted / "pg_wal")
    world.server.start()
    assert timeline_of(world) == "00000002"
    base = world.back_up()
    world.archive()
    assert inspection(repository, Inventory(files={}, parts=()), None).faults == ()

    repository.prune(base.finished + timedelta(days=15))
    for name in repository.segments():
        if name < base.first_segment:
            (repository.wal / name).unlink()
    assert [one.id for one in repository.bases()] == [base.id]
    world.run("insert into facts values (0, 'since')")
    later = world.now()
    world.run("delete from facts")
    world.archive()
    with temporary(world.restore(later)) as instance:
        assert world.run("select said from facts where n = 0 order by 1", instance.port) == [["kept"], ["since"]]
        assert timeline_of(world, instance.port) == "00000003"
    assert inspection(repository, Inventory(files={}, parts=()), None).faults == ()


def test_two_restores_to_one_moment_begin_two_timelines(backed_up: World) -> None:
    moment = backed_up.now()
    backed_up.run("insert into facts values (0, 'later')")
    backed_up.archive()
    found = []
    for _ in range(2):
        with temporary(backed_up.restore(moment)) as instance:
            found.append(timeline_of(backed_up, instance.port))
            backed_up.repository.take_histories(instance.data / "pg_wal")
    assert found == ["00000002", "00000003"]


def test_a_backup_is_sealed_and_its_points_say_so(world: World) -> None:
    base = world.back_up()
    (point,) = world.repository.points()
    assert point.encrypted
    assert point.usable
    assert point.size == base.size > 0
    assert point.retention == timedelta(days=15)
    for file in (world.repository.base / base.id).glob("*.sealed"):
        assert file.read_bytes().startswith(b"P09SEAL1")
        assert b"after the base" not in file.read_bytes()
    assert not list(world.repository.incoming.iterdir())


def test_a_missing_segment_is_named(backed_up: World) -> None:
    for _ in range(3):
        backed_up.run("insert into facts values (0, 'more')")
        backed_up.archive()
    moment = backed_up.now()
    backed_up.run("insert into facts values (0, 'later')")
    backed_up.archive()
    missing = backed_up.repository.segments()[-3]
    (backed_up.repository.wal / missing).unlink()
    with pytest.raises(RestoreFailed, match=f"WAL segment {missing} is missing"):
        plan(backed_up.repository, moment)


def test_a_truncated_segment_fails_the_restore_and_leaves_nothing(backed_up: World) -> None:
    moment = backed_up.now()
    backed_up.run("insert into facts values (0, 'later')")
    backed_up.archive()
    file = backed_up.repository.wal / backed_up.repository.segments()[-1]
    file.write_bytes(file.read_bytes()[:-1000])
    _fails(backed_up, moment, "is altered or cut off|ends too early")


@pytest.mark.parametrize("name", ["base.tar.sealed", "pg_wal.tar.sealed", "backup_manifest.sealed"])
def test_a_flipped_byte_in_a_base_backup_fails_the_restore(backed_up: World, name: str) -> None:
    (base,) = backed_up.repository.bases()
    file = backed_up.repository.base / base.id / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    _fails(backed_up, backed_up.now(), "is altered or cut off")


def test_a_base_backup_that_was_changed_before_it_was_sealed_is_not_what_was_backed_up(
    backed_up: World, tmp_path: Path
) -> None:
    """Somebody with the key: only the manifest's checksums are left to tell."""
    (base,) = backed_up.repository.bases()
    sealed = backed_up.repository.base / base.id / "base.tar.sealed"
    unseal(sealed, tmp_path / "base.tar", backed_up.repository.key)
    with tarfile.open(tmp_path / "base.tar") as archive:
        archive.extractall(tmp_path / "data", filter="data")
    table = max((tmp_path / "data" / "base").glob("*/*"), key=lambda file: file.stat().st_size)
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)
    with tarfile.open(tmp_path / "forged.tar", "w") as archive:
        archive.add(tmp_path / "data", arcname=".")
    seal(tmp_path / "forged.tar", sealed, backed_up.repository.key)
    _fails(backed_up, backed_up.now(), "is not what was backed up: .*checksum mismatch")


def test_a_moment_that_the_archive_does_not_reach_is_no_success(backed_up: World) -> None:
    backed_up.run("insert into facts values (0, 'last')")
    backed_up.archive()
    with pytest.raises(RestoreFailed, match="recovery ended before configured recovery target was reached"):
        backed_up.restore(backed_up.now() + timedelta(hours=1))
    assert not (backed_up.folder / "restored").exists()


def test_a_moment_before_every_backup_is_refused(world: World) -> None:
    moment = world.now()
    world.back_up()
    with pytest.raises(RestoreFailed, match="no base backup ended before"):
        plan(world.repository, moment)


def test_a_segment_that_comes_again_is_accepted_if_it_is_the_same(world: World) -> None:
    world.archive()
    name = world.repository.segments()[-1]
    world.repository.spool.joinpath(name).write_bytes(b"")
    unseal(world.repository.wal / name, world.repository.spool / name, world.repository.key)
    assert world.repository.take_in() == [name]


def test_pruning_keeps_the_newest_backup_and_the_log_that_it_needs(world: World) -> None:
    first = world.back_up()
    world.archive()
    second = world.back_up()
    world.archive()
    much_later = second.finished + timedelta(days=100)
    assert world.repository.prune(much_later) == [first.id]
    assert [base.id for base in world.repository.bases()] == [second.id]
    assert world.repository.segments()[0] == second.first_segment


def _fails(world: World, moment: datetime, why: str) -> None:
    with pytest.raises(RestoreFailed, match=why):
        world.restore(moment)
    assert not (world.folder / "restored").exists()


def test_sizes_are_of_what_is_kept(world: World) -> None:
    base = world.back_up()
    plain = json.loads((world.repository.base / base.id / "backup.json").read_text())
    assert plain["size"] == sum((world.repository.base / base.id / name).stat().st_size for name in base.files)
