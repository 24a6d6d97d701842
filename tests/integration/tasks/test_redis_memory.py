"""The 12:00 task against a real Valkey, and against servers that only pretend to be one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
import redis

from local.state import free_port
from shared.platform.redis_client import redis_client
from shared.runbook.run import Run, Verdict
from tests.integration.tasks.conftest import VALKEY, World, never_green
from tests.servers import HOST, ValkeyServer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MIB = 2**20


@pytest.fixture
def limited(valkey: redis.Redis) -> Iterator[redis.Redis]:
    """A Valkey with a limit; it has none again afterwards."""
    valkey.config_set("maxmemory", 64 * MIB)
    valkey.config_resetstat()
    yield valkey
    valkey.config_set("maxmemory", 0)
    valkey.config_set("maxmemory-policy", "noeviction")


@pytest.fixture
def function(world: World, valkey_server: ValkeyServer) -> Iterator[ModuleType]:
    with asking(world, valkey_server.port, valkey_server.password) as module:
        yield module


@contextmanager
def asking(world: World, port: int, password: str = "of tests") -> Iterator[ModuleType]:  # noqa: S107 -- of a server that is not there
    """The function, told that Valkey is at this port."""
    world.put_secret(VALKEY, {"username": "default", "password": password})
    module = world.function("redis_memory", valkey_port=str(port))
    world.monkeypatch.setattr(module, "connect", partial(redis_client, module.settings, timeout=0.5))
    yield module


def measured(run: Run) -> dict[str, object]:
    assert run.finding is not None
    return dict(run.finding.measured)


@pytest.mark.usefixtures("limited")
def test_a_valkey_with_room_passes_with_evidence(world: World, function: ModuleType) -> None:
    run = world.run(function, "redis_memory", NOON)
    assert run.state == "passed"
    found = measured(run)
    assert found["maxmemory_bytes"] == 64 * MIB
    assert 0 < float(str(found["used_share"])) < 0.7
    assert found["append_only_file"] is True
    assert found["aof_last_write_status"] == "ok"
    assert run.finding is not None
    assert run.finding.thresholds["used_share_below"] == 0.7
    assert set(run.finding.inputs) == {
        f"INFO {name}" for name in ("server", "memory", "stats", "persistence", "replication")
    }
    assert [event.detail_type for event in world.sent] == ["TaskPassed"]


@pytest.mark.usefixtures("valkey")
def test_without_a_limit_it_is_unconfigured_and_says_what_the_host_has(world: World, function: ModuleType) -> None:
    run = world.run(function, "redis_memory", NOON)
    why = never_green(run, Verdict.UNCONFIGURED)
    assert "of the host's memory; maxmemory is 0: no limit is set" in why
    assert int(str(measured(run)["host_bytes"])) > 0


def test_a_valkey_that_is_full_fails(world: World, function: ModuleType, limited: redis.Redis) -> None:
    for number in range(12):
        limited.set(f"much-{number}", b"x" * 4 * MIB)
    assert "that is not below 70%" in never_green(world.run(function, "redis_memory", NOON), Verdict.FAILED)


def test_evictions_since_the_last_run_fail_once(world: World, function: ModuleType, limited: redis.Redis) -> None:
    assert world.run(function, "redis_memory", NOON).state == "passed"
    limited.config_set("maxmemory-policy", "allkeys-lru")
    limited.config_set("maxmemory", 8 * MIB)
    for number in range(12):
        limited.set(f"key-{number}", b"x" * MIB)
    limited.flushall()
    limited.config_set("maxmemory", 64 * MIB)
    why = never_green(world.run(function, "redis_memory", NOON + DAY), Verdict.FAILED)
    assert "keys were evicted since the last run" in why
    run = world.run(function, "redis_memory", NOON + 2 * DAY)
    assert run.state == "passed"
    assert int(str(measured(run)["evicted_keys"])) > 0


def test_growth_is_foreseen_from_the_runs_before(world: World, function: ModuleType, limited: redis.Redis) -> None:
    for day in range(3):
        limited.set(f"day-{day}", b"x" * 6 * MIB)
        run = world.run(function, "redis_memory", NOON + day * DAY)
    assert run.state == "passed"
    reached = datetime.fromisoformat(str(measured(run)["threshold_reached_at"]))
    assert NOON + 2 * DAY < reached < NOON + 20 * DAY  # buffers of connections count as well
    assert run.finding is not None
    assert "the threshold is reached on 2026-" in run.finding.why


def test_a_valkey_that_is_not_there_fails(world: World) -> None:
    with asking(world, free_port()) as function:
        assert "Valkey can't be asked" in never_green(world.run(function, "redis_memory", NOON), Verdict.FAILED)


def test_a_wrong_password_fails(world: World, valkey_server: ValkeyServer) -> None:
    with asking(world, valkey_server.port, "wrong") as function:
        assert "invalid username-password pair" in never_green(
            world.run(function, "redis_memory", NOON), Verdict.FAILED
        )


def test_a_secret_that_can_not_be_read_fails(world: World, function: ModuleType) -> None:
    world.down.add("secretsmanager")
    assert "Valkey can't be asked" in never_green(world.run(function, "redis_memory", NOON), Verdict.FAILED)


def test_a_valkey_that_is_restarted_between_two_runs_is_said_to_have_been(world: World, tmp_path: Path) -> None:
    with ValkeyServer(folder=tmp_path) as server, asking(world, server.port, server.password) as function:
        with server.client() as client:
            client.config_set("maxmemory", 64 * MIB)
        assert world.run(function, "redis_memory", NOON).state == "passed"
        server.kill()
        why = never_green(world.run(function, "redis_memory", NOON + DAY), Verdict.FAILED)
        assert "Valkey can't be asked" in why
        server.start()
        with server.client() as client:
            client.config_set("maxmemory", 64 * MIB)
        run = world.run(function, "redis_memory", NOON + 2 * DAY)
        assert measured(run)["restarted_since_last_run"] is True


@contextmanager
def pretending(*replies: bytes, then_hold: bool = False) -> Iterator[int]:
    """A server that answers AUTH and CLUSTER SLOTS, then sends these bytes, one for each connection."""
    stopped = threading.Event()

    def serve(server: socket.socket) -> None:
        for reply in replies:
            peer, _ = server.accept()
            with peer:
                for said in (b"+OK\r\n", b"*0\r\n"):
                    peer.recv(4096)
                    peer.sendall(said)
                peer.recv(4096)
                peer.sendall(reply)
                if then_hold:
                    stopped.wait()

    with socket.create_server((HOST, 0)) as server:
        server.settimeout(30)
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield server.getsockname()[1]
        stopped.set()
        thread.join()


def test_a_valkey_that_is_slow_fails(world: World) -> None:
    with pretending(b"", then_hold=True) as port, asking(world, port) as function:
        assert "Timeout" in never_green(world.run(function, "redis_memory", NOON), Verdict.FAILED)


def test_a_connection_that_breaks_in_the_middle_fails_although_the_next_might_not(world: World) -> None:
    with pretending(b"$40\r\n# Server\r\n") as port, asking(world, port) as function:
        assert "can't be asked" in never_green(world.run(function, "redis_memory", NOON), Verdict.FAILED)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (b"$8\r\n# Server\r\n" * 5, "INFO lacks"),
        (b"*-1\r\n" * 5, "INFO answered None"),
        (b"+OK\r\n" * 5, "INFO lacks"),
        (b"-LOADING Valkey is loading the dataset in memory\r\n" * 5, "is loading the dataset"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "can't be asked"),
    ],
)
def test_a_server_that_answers_something_else_fails(world: World, reply: bytes, why: str) -> None:
    with pretending(reply) as port, asking(world, port) as function:
        assert why in never_green(world.run(function, "redis_memory", NOON), Verdict.FAILED)
