import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.backups.base_backup import BackupFailed, Source, take_base_backup
from local.backups.repository import Repository, base_id, snapshot_id

NOW = datetime(2026, 11, 24, 2, 0, 0, 120_000, tzinfo=UTC)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "backups", secrets.token_bytes(32))
    found.prepare(None)
    return found


def test_two_of_one_second_have_two_names() -> None:
    a_moment_later = NOW + timedelta(microseconds=1)
    assert base_id(NOW) < base_id(a_moment_later)
    assert snapshot_id(NOW) < snapshot_id(a_moment_later)


@pytest.mark.parametrize(
    ("name", "taken"), [(snapshot_id(NOW), NOW), ("valkey-20261124T020000Z", NOW.replace(microsecond=0))]
)
def test_a_snapshot_says_when_it_was_taken_also_one_named_to_the_second(
    repository: Repository, name: str, taken: datetime
) -> None:
    (repository.valkey / name).mkdir()
    (repository.valkey / name / "dump.rdb.sealed").write_bytes(b"sealed")
    assert [snapshot.created_at for snapshot in repository.snapshots()] == [taken]


def test_a_backup_that_failed_leaves_nothing_behind(repository: Repository, tmp_path: Path) -> None:
    fails = tmp_path / "pg_basebackup"
    fails.write_text("#!/bin/sh\necho no space left >&2\nexit 1\n")
    fails.chmod(0o700)
    source = Source(host="127.0.0.1", port=1, user="nobody", password="none", binaries=tmp_path)
    with pytest.raises(BackupFailed, match="no space left"):
        take_base_backup(repository, source, NOW, timedelta(days=15))
    assert not list(repository.incoming.iterdir())
    assert not list(repository.base.iterdir())
