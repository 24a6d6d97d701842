import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.backups.repository import Repository
from local.backups.restore import RestoreFailed
from local.backups.sealing import unseal
from local.backups.valkey_restore import Valkey, restore_valkey
from local.backups.valkey_snapshot import take_snapshot
from tests.servers import ValkeyServer, server_folder

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


class Held:
    """A file in the supervisor's sense: while it exists the server is kept down."""

    def __init__(self, server: ValkeyServer, file: Path) -> None:
        self._server = server
        self.file = file
        self._up = True

    def is_down(self) -> bool:
        if self.file.exists() and self._up:
            self._server.stop()
            self._up = False
        return not self._up

    def answers(self) -> bool:
        if not self.file.exists() and not self._up:
            self._server.start()
            self._up = True
        return self._up


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "backups", secrets.token_bytes(32))
    found.prepare(None)
    return found


def test_a_snapshot_of_valkey_restores(repository: Repository, tmp_path: Path) -> None:
    with server_folder("snapshot") as folder, ValkeyServer(folder=folder) as server:
        with server.client() as client:
            for number in range(500):
                client.set(f"key-{number}", "x" * number)
            client.xadd("stream", {"event": "one"})
            snapshot = take_snapshot(repository, client, folder, NOW)
            client.flushall()
        (found,) = repository.snapshots()
        assert (found.id, found.created_at, found.encrypted) == (snapshot, NOW, True)
        held = Held(server, tmp_path / "held")
        valkey = Valkey(data=folder, held=held.file, answers=held.answers, is_down=held.is_down)
        aside = restore_valkey(repository, snapshot, valkey)
        with server.client() as client:
            assert client.dbsize() == 501
            assert client.get("key-499") == b"x" * 499
        assert aside.is_dir()
        with pytest.raises(RestoreFailed, match=f"there are: {snapshot}"):
            restore_valkey(repository, "valkey-unknown", valkey)


def test_the_exported_file_is_an_rdb(repository: Repository, tmp_path: Path) -> None:
    with server_folder("exported") as folder, ValkeyServer(folder=folder) as server:
        with server.client() as client:
            client.set("key", "value")
            snapshot = take_snapshot(repository, client, folder, NOW)
        unseal(repository.valkey / snapshot / "dump.rdb.sealed", tmp_path / "dump.rdb", repository.key)
    assert (tmp_path / "dump.rdb").read_bytes().startswith((b"VALKEY", b"REDIS"))
