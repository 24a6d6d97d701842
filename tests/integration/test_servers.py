from pathlib import Path

import pytest
import redis
from pg8000.exceptions import DatabaseError

from shared.platform.postgres import sqlstate
from tests.conftest import PASSWORDS, MigratedDatabase
from tests.servers import ValkeyServer


@pytest.mark.parametrize("role", PASSWORDS)
def test_no_role_is_a_superuser_or_bypasses_row_level_security(migrated: MigratedDatabase, role: str) -> None:
    rows = migrated.connect(role).run(
        "select rolsuper, rolbypassrls, current_user from pg_roles where rolname = current_user"
    )

    assert rows == [[False, False, role]]


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_has_an_empty_database(migrated: MigratedDatabase, run: int) -> None:
    owner = migrated.connect("p09_admin")
    owner.run("create table left_behind (run integer)")

    assert owner.run("select count(*) from schema_migrations") != [[0]]


def test_the_api_role_owns_nothing(migrated: MigratedDatabase) -> None:
    with pytest.raises(DatabaseError) as refusal:
        migrated.connect("p09_api").run("drop table events")

    assert sqlstate(refusal.value) == "42501"


def test_valkey_keeps_what_it_acknowledged_over_a_kill(tmp_path: Path) -> None:
    with ValkeyServer(folder=tmp_path) as server:
        with server.client() as client:
            client.xadd("events", {"batch": "1"})
        server.kill()
        server.start()
        with server.client() as client:
            assert client.xlen("events") == 1


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_has_an_empty_valkey(valkey: redis.Redis, run: int) -> None:
    assert valkey.set("left_behind", run, nx=True)
