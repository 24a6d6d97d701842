"""The client side of the load: connections that are never idle, and what they saw."""

import asyncio
from collections.abc import Iterator
from time import perf_counter
from typing import Final

import httptools

GRACE_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 5.0
SUCCESS: Final = range(200, 300)


class Run:
    """What is to be sent, for how long, and what came back. Latencies (seconds) are of accepted requests.

    ``confirmed`` counts what was accepted at any time, the warm-up included: the server must have it all.
    """

    def __init__(self, requests: Iterator[bytes], *, seconds: float, warm_up: float) -> None:
        self.seconds = seconds
        self.latencies: list[float] = []
        self.confirmed = 0
        self.refused = 0
        self.broken = 0
        self.problem = ""
        self._requests = requests
        self._counted_from = perf_counter() + warm_up
        self._ends = self._counted_from + seconds

    @property
    def accepted(self) -> int:
        return len(self.latencies)

    @property
    def time_left(self) -> float:
        return self._ends - perf_counter()

    def next_request(self) -> bytes | None:
        return next(self._requests) if self.time_left > 0 else None

    def answered(self, status: int, begun: float, body: bytes) -> None:
        """Count an answer, unless its request was sent before or after the time that counts."""
        now = perf_counter()
        self.confirmed += status in SUCCESS
        if not self._counted_from <= begun <= now <= self._ends:
            return
        if status in SUCCESS:
            self.latencies.append(now - begun)
        else:
            self.refused += 1
            self.problem = self.problem or f"{status} {body[:300].decode(errors='replace')}"

    def broke(self, reason: str) -> None:
        self.broken += 1
        self.problem = self.problem or reason


class Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, run: Run) -> None:
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._run = run
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._begun = 0.0
        self._waiting = False
        self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 -- it is of TCP
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._run.broke(f"no HTTP: {error}")
            self._waiting = False
            self._close()

    def on_body(self, body: bytes) -> None:
        self._body = self._body or body

    def on_message_complete(self) -> None:
        self._waiting = False
        self._run.answered(self._parser.get_status_code(), self._begun, self._body)
        if self._parser.should_keep_alive():
            self._send()
        else:
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting and self._run.time_left > 0:
            self._run.broke(f"connection lost: {exc or 'closed by the server'}")
        if not self.closed.done():
            self.closed.set_result(None)

    def _send(self) -> None:
        request = self._run.next_request()
        if request is None or self._transport is None:
            self._close()
            return
        self._body = b""
        self._waiting = True
        self._begun = perf_counter()
        self._transport.write(request)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def keep_busy(run: Run, host: str, port: int, connections: int) -> None:
    """Keep so many connections busy until the time is up; a server that can't be reached is an OSError."""
    async with asyncio.timeout(run.time_left + GRACE_SECONDS), asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_keep_one_busy(run, host, port))


async def _keep_one_busy(run: Run, host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    while run.time_left > 0:
        async with asyncio.timeout(CONNECT_SECONDS):
            transport, connection = await loop.create_connection(lambda: Connection(run), host, port)
        try:
            async with asyncio.timeout(run.time_left + GRACE_SECONDS / 2):
                await connection.closed
        except TimeoutError:
            run.broke("no answer in time")
        finally:
            transport.close()
