import asyncio
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pytest

from bench.load_client import Connection, Run

ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
REFUSED = b"HTTP/1.1 422 Unprocessable\r\nContent-Length: 3\r\n\r\nbad"
LAST = b"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"


class Wire(asyncio.Transport):
    """Keeps what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as started:
        yield started


def connected(runner: asyncio.Runner, run: Run) -> tuple[Connection, Wire]:
    async def connect() -> Connection:
        return Connection(run)

    connection, wire = runner.run(connect()), Wire()
    connection.connection_made(wire)
    return connection, wire


def a_run(*, seconds: float = 60, warm_up: float = 0) -> Run:
    return Run(repeat(b"request"), seconds=seconds, warm_up=warm_up)


def test_the_next_request_is_sent_when_the_last_was_answered(runner: asyncio.Runner) -> None:
    run = a_run()
    connection, wire = connected(runner, run)
    for part in (ACCEPTED[:10], ACCEPTED[10:], CHUNKED):
        connection.data_received(part)
    assert wire.written == [b"request"] * 3
    assert (run.accepted, run.refused) == (2, 0)


def test_what_is_not_accepted_is_counted_apart_with_the_first_reason(runner: asyncio.Runner) -> None:
    run = a_run()
    connection, _ = connected(runner, run)
    connection.data_received(REFUSED + REFUSED)
    assert (run.accepted, run.refused, run.problem) == (0, 2, "422 bad")


def test_what_is_sent_while_warming_up_is_confirmed_but_not_measured(runner: asyncio.Runner) -> None:
    run = a_run(warm_up=60)
    connection, _ = connected(runner, run)
    connection.data_received(ACCEPTED)
    assert (run.confirmed, run.accepted) == (1, 0)


def test_a_connection_that_the_server_ends_is_closed(runner: asyncio.Runner) -> None:
    connection, wire = connected(runner, a_run())
    connection.data_received(LAST)
    assert wire.is_closed


def test_nothing_is_sent_after_the_time_is_up(runner: asyncio.Runner) -> None:
    _, wire = connected(runner, a_run(seconds=0))
    assert (wire.written, wire.is_closed) == ([], True)


def test_a_lost_connection_is_a_failure_and_so_is_an_answer_that_is_no_http(runner: asyncio.Runner) -> None:
    run = a_run()
    connection, _ = connected(runner, run)
    connection.connection_lost(None)
    other, wire = connected(runner, run)
    other.data_received(b"SSH-2.0-OpenSSH\r\n")
    assert run.broken == 2
    assert wire.is_closed
