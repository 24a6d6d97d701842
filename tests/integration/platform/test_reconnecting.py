from uuid import uuid4

import pytest

from shared.collection.stream import AWAKE
from shared.platform.failures import PostgresUnavailable
from shared.platform.valkey import Address, Valkey, ValkeyUnavailable, open_connection
from shared.storage.drain import drain
from tests.conftest import MigratedDatabase
from tests.pipeline import Pipeline
from tests.servers import HOST, ValkeyServer, server_folder


def test_a_connection_that_postgresql_ended_is_replaced_before_anything_is_written(migrated: MigratedDatabase) -> None:
    database = migrated.database("p09_api")
    for _ in range(2):
        with database.transaction([uuid4()]) as connection:
            assert connection.run("select 1") == [[1]]
        with migrated.server.connect_as_superuser() as superuser:
            superuser.run("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'p09_api'")


def test_a_connection_that_ends_within_a_transaction_fails_it(migrated: MigratedDatabase) -> None:
    database = migrated.database("p09_api")
    with pytest.raises(PostgresUnavailable), database.transaction() as connection:  # noqa: PT012 -- either of the two statements may raise
        with migrated.server.connect_as_superuser() as superuser:
            superuser.run("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'p09_api'")
        connection.run("select 1")
    with database.transaction() as connection:
        assert connection.run("select 1") == [[1]]


def test_valkey_may_restart_between_two_commands() -> None:
    with server_folder("restarted-valkey") as folder, ValkeyServer(folder=folder) as server:
        address = Address(host=HOST, port=server.port)
        client = Valkey(lambda: open_connection(address, password=server.password, timeout=10))
        client.run("SET", "a", "1")
        server.kill()
        with pytest.raises(ValkeyUnavailable):
            client.run("GET", "a")
        server.start()
        assert client.run("GET", "a") == b"1"
        server.kill()
        server.start()
        assert client.run("GET", "a") == b"1"
        client.close()


def test_a_worker_that_failed_may_be_woken_again_within_seconds(pipeline: Pipeline) -> None:
    with pipeline.migrated.server.connect_as_superuser() as superuser:
        superuser.run(f"alter database {pipeline.migrated.name} allow_connections false")
        pipeline.send_rows(b"")
        with pytest.raises(PostgresUnavailable):
            drain(pipeline.valkey, pipeline.worker, lambda: True)
        superuser.run(f"alter database {pipeline.migrated.name} allow_connections true")
    assert 0 < pipeline.valkey.run("TTL", AWAKE) <= 3
