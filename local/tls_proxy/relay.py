"""The proxy: it ends TLS and hands on what it carries, byte for byte. A server that is down is as hard to reach as without it."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, Self

from local.state import LOOPBACK

Kind = Literal["postgres", "valkey"]
_CHUNK: Final = 256 * 1024
# How a client of PostgreSQL asks for TLS before it says anything else: length and code.
_SSL_REQUEST: Final = (8).to_bytes(4) + (80877103).to_bytes(4)
_READY: Final = b"S"
_GONE: Final = (OSError, ssl.SSLError, asyncio.IncompleteReadError)

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Way:
    """From a port that speaks TLS to the server's own; as text ``kind:port:target``."""

    kind: Kind
    port: int
    target: int

    @classmethod
    def read(cls, text: str) -> Self:
        kind, port, target = text.split(":")
        if kind not in {"postgres", "valkey"}:
            raise ValueError(f"{kind} is neither postgres nor valkey")
        return cls(kind, int(port), int(target))  # type: ignore[arg-type]  # checked above

    def __str__(self) -> str:
        return f"{self.kind}:{self.port}:{self.target}"


async def listen(way: Way, context: ssl.SSLContext) -> asyncio.Server:
    """PostgreSQL's clients begin without TLS and ask for it; Valkey's begin with it."""
    answer = _postgres(way.target, context) if way.kind == "postgres" else _valkey(way.target)
    return await asyncio.start_server(answer, LOOPBACK, way.port, ssl=None if way.kind == "postgres" else context)


def _postgres(target: int, context: ssl.SSLContext) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*_GONE):
            # As where `rds.force_ssl` is on: who doesn't ask for TLS gets no further.
            if await reader.readexactly(len(_SSL_REQUEST)) == _SSL_REQUEST:
                server = await asyncio.open_connection(LOOPBACK, target)
                writer.write(_READY)
                await writer.start_tls(context)
                await _relay((reader, writer), server)
                return
        writer.transport.abort()

    return answer


def _valkey(target: int) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*_GONE):
            await _relay((reader, writer), await asyncio.open_connection(LOOPBACK, target))
            return
        writer.transport.abort()

    return answer


async def _relay(
    client: tuple[asyncio.StreamReader, asyncio.StreamWriter], server: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> None:
    """Until either side ends; then the other's connection ends as well."""
    ways = [asyncio.create_task(_pump(client[0], server[1])), asyncio.create_task(_pump(server[0], client[1]))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for side in (server[1], client[1]):
            side.close()  # what was read is written first


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(*_GONE):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
