import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
import redis

from shared.collection.stream import AWAKE
from shared.platform import valkey as valkey_client
from shared.platform.failures import PostgresUnavailable
from shared.platform.valkey import Address, NotThePrimary, Valkey, ValkeyUnavailable, open_connection
from shared.storage.drain import drain
from tests.conftest import MigratedDatabase
from tests.pipeline import Pipeline
from tests.servers import HOST, ValkeyServer, server_folder


class Failover:
    """A Valkey and a replica of it, which take each other's place."""

    def __init__(self, primary: ValkeyServer, replica: ValkeyServer) -> None:
        self._primary, self._replica = primary, replica
        for server in (primary, replica):
            self._tell(server, "CONFIG", "SET", "primaryauth", server.password)
        self._tell(replica, "FLUSHALL")
        self._tell(replica, "CLUSTER", "RESET", "HARD")
        with primary.client() as client:
            bus = client.execute_command("CONFIG GET", "cluster-port")["cluster-port"]
        self._tell(replica, "CLUSTER", "MEET", HOST, primary.port, int(bus))
        self._until(lambda: self._tell(replica, "CLUSTER", "REPLICATE", self._id(primary)) == b"OK")
        self._until(lambda: self._tell(replica, "ROLE")[3] == b"connected")
        self._until(lambda: HOST.encode() == self._tell(primary, "CLUSTER", "SLOTS")[0][2][0])

    def client(self) -> Valkey:
        address = Address(host=HOST, port=self._primary.port)
        return Valkey(lambda: open_connection(address, password=self._primary.password, timeout=10))

    def happens(self) -> None:
        """As when a node is patched: nobody dies, and no socket is closed."""
        self._until(lambda: self._tell(self._replica, "CLUSTER", "FAILOVER") == b"OK")
        self._until(lambda: self._tell(self._primary, "ROLE")[0] == b"slave")
        self._until(lambda: self._tell(self._replica, "ROLE")[0] == b"master")

    def _id(self, server: ValkeyServer) -> str:
        return str(self._tell(server, "CLUSTER", "MYID").decode())

    def _tell(self, server: ValkeyServer, *command: str | int) -> Any:
        """The reply; an error as its text."""
        with server.client() as client:
            connection = client.connection_pool.get_connection()
            connection.send_command(*command)
            try:
                return connection.read_response()
            except redis.ResponseError as error:
                return str(error)

    def _until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "the nodes did not come to terms in time"


@pytest.fixture
def failover() -> Iterator[Failover]:
    with ExitStack() as ends:
        servers = [
            ends.enter_context(ValkeyServer(folder=ends.enter_context(server_folder(name)), password="of-both"))
            for name in ("first-valkey", "second-valkey")
        ]
        yield Failover(*servers)


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


def test_a_primary_that_becomes_a_replica_is_left_for_the_new_one(failover: "Failover") -> None:
    client = failover.client()
    client.pipeline([("INCR", "n")], atomic=True)
    failover.happens()
    with pytest.raises(NotThePrimary, match="MOVED"):
        client.pipeline([("INCR", "n")], atomic=True)
    client.tell([("INCR", "n")])
    assert client.run("INCR", "n") == 3
    client.close()


def test_an_idle_connection_to_a_replica_is_left_before_it_is_used(
    failover: "Failover", monkeypatch: pytest.MonkeyPatch
) -> None:
    client = failover.client()
    client.run("SET", "a", "1")
    failover.happens()
    monkeypatch.setattr(valkey_client, "IDLE_SECONDS_BEFORE_PING", -1)
    assert client.run("SET", "a", "2") == b"OK"
    client.close()


def test_a_worker_that_failed_may_be_woken_again_within_seconds(pipeline: Pipeline) -> None:
    with pipeline.migrated.server.connect_as_superuser() as superuser:
        superuser.run(f"alter database {pipeline.migrated.name} allow_connections false")
        pipeline.send_rows(b"")
        with pytest.raises(PostgresUnavailable):
            drain(pipeline.valkey, pipeline.worker, lambda: True)
        superuser.run(f"alter database {pipeline.migrated.name} allow_connections true")
    assert 0 < pipeline.valkey.run("TTL", AWAKE) <= 3
