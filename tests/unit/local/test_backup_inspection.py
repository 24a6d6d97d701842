"""A repository of backups on disk, spoiled one file at a time."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.backups.inspection import Inventory, inspection, read_part
from local.backups.repository import Base, Repository, base_id, snapshot_id
from local.backups.sealing import seal
from local.backups.wal import following
from shared.backups.model import Inspection

NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
KEEP = timedelta(days=15)
FIRST = "0000000100000000000000FD"
BASES = 4
SEGMENTS_A_DAY = 5


class Kept:
    """A machine that has kept backups for some days: a base backup at 01:00 of each, segments all day, two snapshots."""

    def __init__(self, folder: Path) -> None:
        self.repository = Repository(folder / "backups", secrets.token_bytes(32))
        self.repository.prepare(None)
        self.inventory = Inventory(files={}, parts=())
        self.bases: list[str] = []
        self.segments: list[str] = []
        name = FIRST
        for day in range(BASES):
            begins = NOON - (BASES - day) * DAY
            self.bases.append(self.base(begins, name))
            for number in range(SEGMENTS_A_DAY):
                self.segment(name, begins + number * 4 * HOUR)
                name = following(name)
        for weeks in (1, 0):
            self.snapshot(NOON - timedelta(days=2 + weeks))

    def base(self, at: datetime, first_segment: str) -> str:
        folder = self.repository.base / base_id(at)
        folder.mkdir()
        for name in ("base.tar", "pg_wal.tar", "backup_manifest"):
            self._sealed(folder / f"{name}.sealed", f"{name} of {at}", at)
        Base(
            id=folder.name, started_at=at.isoformat(), completed_at=(at + timedelta(minutes=1)).isoformat(),
            first_segment=first_segment, size=1, retained_until=(at + KEEP).isoformat(),
            files=("backup_manifest.sealed", "base.tar.sealed", "pg_wal.tar.sealed"),
        ).write(folder)  # fmt: skip
        return folder.name

    def segment(self, name: str, at: datetime) -> None:
        self._sealed(self.repository.wal / name, f"log {name}", at)
        self.segments.append(name)

    def history(self, timeline: int, at: datetime) -> Path:
        file = self.repository.wal / f"{timeline:08X}.history"
        self._sealed(file, f"{timeline - 1}\t0/3000000\tno recovery target", at)
        return file

    def snapshot(self, at: datetime) -> None:
        folder = self.repository.valkey / snapshot_id(at)
        folder.mkdir()
        self._sealed(folder / "dump.rdb.sealed", f"rdb of {at}", at)
        (folder / "snapshot.json").write_text("{}")

    def read(self, now: datetime) -> Inspection:
        self.inventory = read_part(self.repository, self.inventory, now, KEEP)
        return self.now()

    def now(self, reached: str | None = None) -> Inspection:
        return inspection(self.repository, self.inventory, reached)

    def files(self) -> list[Path]:
        folder = self.repository.folder
        return sorted(
            file for kept in ("wal", "base", "valkey") for file in (folder / kept).rglob("*") if file.is_file()
        )

    def _sealed(self, file: Path, content: str, at: datetime) -> None:
        plain = self.repository.incoming / "plain"
        plain.write_text(content)
        seal(plain, file, self.repository.key)
        os.utime(file, (at.timestamp(), at.timestamp()))


@contextmanager
def _kept() -> Iterator[Kept]:
    with TemporaryDirectory() as folder:
        yield Kept(Path(folder))


@pytest.fixture
def kept() -> Iterator[Kept]:
    with _kept() as found:
        yield found


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_what_is_whole_has_no_fault_and_says_what_was_read(kept: Kept) -> None:
    found = kept.read(NOON)
    assert found.faults == ()
    assert found.files == len(kept.files())
    assert found.chain is not None
    assert (found.chain.base, found.chain.last, found.chain.segments) == (
        kept.bases[-1],
        kept.segments[-1],
        SEGMENTS_A_DAY,
    )
    assert f"wal: {FIRST} to {kept.segments[-1]} ({len(kept.segments)} files)" in found.parts[-1].what


def test_a_segment_that_is_gone_is_named_with_the_moments_that_are_lost(kept: Kept) -> None:
    gone = kept.segments[-2]
    (kept.repository.wal / gone).unlink()
    (fault,) = kept.now().faults
    assert fault == (
        f"WAL segment {gone} is missing from the archive: no moment after 2026-11-23 23:00:00 UTC can be restored "
        "until a new base backup is taken."
    )


def test_a_hole_before_a_base_backup_ends_with_it(kept: Kept) -> None:
    for name in kept.segments[2:4]:
        (kept.repository.wal / name).unlink()
    (fault,) = kept.now().faults
    assert fault.startswith(f"WAL segments {kept.segments[2]} to {kept.segments[3]} are missing from the archive")
    assert fault.endswith(f"until base backup {kept.bases[1]} (2026-11-21 15:01:00 UTC).")


def test_the_last_segment_is_missed_when_it_was_there(kept: Kept) -> None:
    last = kept.segments[-1]
    (kept.repository.wal / last).unlink()
    assert kept.now().faults == ()
    (fault,) = kept.now(reached=last).faults
    assert last in fault


def test_a_timeline_whose_history_is_gone_is_named_once(kept: Kept) -> None:
    promoted = "00000002" + following(kept.segments[-1])[8:]
    kept.base(NOON, promoted)
    kept.segment(promoted, NOON)
    history = kept.history(2, NOON)
    assert kept.read(NOON).faults == ()
    history.unlink()
    for found in (kept.now(), kept.read(NOON + DAY)):
        (fault,) = found.faults
        assert fault.startswith(
            "WAL history 00000002.history is missing from the archive: a restore to a moment before timeline 2"
        )


def test_a_base_backup_whose_log_has_not_arrived_yet_is_no_hole(kept: Kept) -> None:
    kept.base(NOON, following(kept.segments[-1]))
    assert kept.read(NOON).faults == ()


@pytest.mark.parametrize(
    ("choose", "begins", "lost"),
    [
        (lambda kept: kept.repository.base / kept.bases[-1] / "base.tar.sealed", "base/{base}/base.tar.sealed is damaged",
         "base backup {base} can't be restored, and a moment after it can only be restored from"),
        (lambda kept: kept.repository.wal / kept.segments[-1], "WAL segment {segment} is not what was archived",
         "no moment after 2026-11-24 03:00:00 UTC can be restored"),
        (lambda kept: next(kept.repository.valkey.glob("*20261122*/dump.rdb.sealed")), "valkey/",
         "snapshot valkey-20261122T150000.000000Z of Valkey can't be restored."),
    ],
)  # fmt: skip
def test_a_flipped_byte_is_found_the_same_day_in_what_a_restore_to_now_uses(
    kept: Kept, choose: Callable[[Kept], Path], begins: str, lost: str
) -> None:
    kept.read(NOON)
    flip(choose(kept))
    (fault,) = kept.read(NOON + DAY).faults
    names = {"base": kept.bases[-1], "segment": kept.segments[-1]}
    assert fault.startswith(begins.format(**names))
    assert lost.format(**names) in fault


def test_two_files_that_changed_places_are_both_altered(kept: Kept) -> None:
    kept.read(NOON)
    one, two = (kept.repository.wal / name for name in kept.segments[-2:])
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)
    assert len(kept.read(NOON + DAY).faults) == 2


def test_what_was_damaged_before_it_was_read_first_stays_a_fault_until_it_opens(kept: Kept) -> None:
    file = kept.repository.base / kept.bases[0] / "base.tar.sealed"
    sound = file.read_bytes()
    flip(file)
    assert len(kept.read(NOON).faults) == 1
    assert len(kept.read(NOON + DAY).faults) == 1
    file.write_bytes(sound)
    assert kept.read(NOON + 2 * DAY).faults == ()


def test_a_file_put_back_is_sound_again(kept: Kept) -> None:
    kept.read(NOON)
    file = kept.repository.base / kept.bases[1] / "base.tar.sealed"
    content = file.read_bytes()
    file.unlink()
    (fault,) = kept.now().faults
    assert fault.startswith(f"base/{kept.bases[1]}/base.tar.sealed is missing: base backup {kept.bases[1]} can't")
    file.write_bytes(content)
    assert kept.now().faults == ()


def test_a_timeline_without_a_base_backup_is_told(kept: Kept) -> None:
    kept.segment("00000002" + kept.segments[-1][8:], NOON)
    kept.history(2, NOON)
    (fault,) = kept.now().faults
    assert fault.startswith(f"The log goes on in timeline 2, from WAL segment 00000002{kept.segments[-1][8:]} on")
    assert "no moment after 2026-11-24 15:00:00 UTC can be restored" in fault


def test_each_timeline_is_walked_from_its_own_first_base_backup(kept: Kept) -> None:
    name = "00000002" + kept.segments[-1][8:]
    kept.base(NOON, name)
    kept.history(2, NOON)
    for number in range(3):
        kept.segment(name, NOON + number * HOUR)
        name = following(name)
    assert kept.read(NOON + DAY).faults == ()
    (kept.repository.wal / kept.segments[-2]).unlink()
    (kept.repository.wal / kept.segments[3]).unlink()
    faults = kept.now().faults
    assert [fault.split()[2] for fault in faults] == [kept.segments[3], kept.segments[-2]]
    assert "until a new base backup is taken" in faults[1]


def test_what_was_forgotten_when_its_time_was_over_is_not_missed(kept: Kept) -> None:
    kept.read(NOON)
    later = NOON - BASES * DAY + KEEP + HOUR
    assert kept.repository.prune(later) == [kept.bases[0]]
    assert kept.read(later).faults == ()


def test_what_was_read_outlives_the_process(kept: Kept) -> None:
    kept.read(NOON)
    kept.inventory.save(kept.repository)
    assert Inventory.load(kept.repository) == kept.inventory


def test_a_week_of_parts_reads_everything_and_no_day_reads_it_all(kept: Kept) -> None:
    kept.read(NOON)
    counts = [kept.read(NOON + day * DAY).parts[-1].files for day in range(1, 8)]
    assert max(counts) < len(kept.files())
    assert min(one.read_at for one in kept.inventory.files.values()) > NOON


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_removed_or_altered_file_is_found_within_seven_daily_parts(data: st.DataObject) -> None:
    with _kept() as kept:
        for day in range(data.draw(st.integers(1, 8), "days before")):
            kept.read(NOON + day * DAY)
            now = NOON + day * DAY
        file = data.draw(st.sampled_from(kept.files()), "file")
        if data.draw(st.booleans(), "removed"):
            file.unlink()
        else:
            flip(file)
        # Work goes on: a base backup and a segment each day.
        named = file.parent.name if file.parent.name != "wal" else file.name
        for day in range(1, 8):
            name = following(kept.segments[-1])
            kept.base(now + day * DAY - HOUR, name)
            kept.segment(name, now + day * DAY - HOUR)
            if any(named in fault for fault in kept.read(now + day * DAY).faults):
                return
        raise AssertionError(f"{file} was not found")
