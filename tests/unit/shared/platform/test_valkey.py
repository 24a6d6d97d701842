from collections.abc import Sequence
from typing import Any

import hiredis
import pytest

from shared.platform import valkey
from shared.platform.valkey import Address, Command, NotThePrimary, Valkey, ValkeyRefused, open_connection


class Answering:
    """A connection that answers each command as it is told to."""

    def __init__(self, *replies: Any) -> None:
        self._replies = replies
        self.is_open = True

    def exchange(self, commands: Sequence[Command]) -> list[Any]:
        return list(self._replies[: len(commands)])

    def is_stale(self) -> bool:
        return False

    def close(self) -> None:
        self.is_open = False


@pytest.mark.parametrize(
    "error",
    [
        "MOVED 5461 10.0.1.7:16379",
        "READONLY You can't write against a read only replica.",
        "CLUSTERDOWN The cluster is down",
        "LOADING Valkey is loading the dataset in memory",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    ],
)
def test_whoever_is_not_the_primary_is_asked_once(error: str) -> None:
    asked: list[Any] = [Answering(hiredis.ReplyError(error)), Answering(b"OK")]
    old, new = asked
    client = Valkey(lambda: asked.pop(0))
    with pytest.raises(NotThePrimary, match=error.split(" ", maxsplit=1)[0]):
        client.run("SET", "a", "1")
    assert not old.is_open
    assert client.run("SET", "a", "1") == b"OK"
    assert new.is_open


def test_any_other_error_is_of_the_command_and_the_connection_stays() -> None:
    connection: Any = Answering(hiredis.ReplyError("WRONGTYPE Operation against a key holding the wrong kind of value"))
    client = Valkey(lambda: connection)
    with pytest.raises(ValkeyRefused, match="WRONGTYPE"):
        client.run("INCR", "a")
    assert connection.is_open


def test_nodes_that_name_each_other_as_the_primary_are_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Address] = []

    def connected(address: Address, _timeout: float, _connect_timeout: float) -> Any:
        asked.append(address)
        return address

    def slots(address: Any) -> Any:
        other = b"10.0.1.8" if address.host == "10.0.1.7" else b"10.0.1.7"
        return Answering(b"OK", [[0, 16383, [other, 16379, b"id"]]])

    monkeypatch.setattr(valkey, "_connected", connected)
    monkeypatch.setattr(valkey, "Connection", slots)
    with pytest.raises(NotThePrimary, match="would be the next to be asked"):
        open_connection(Address(host="10.0.1.7", port=16379), password="p", timeout=1)
    assert len(asked) == valkey.HOPS
