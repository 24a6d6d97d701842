"""Seconds of processor time per batch through the handler without the server that makes it durable.

Events on stdin, figures on stderr.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from mangum import Mangum

from functions.api.app import create_app
from functions.api.dependencies import Services
from functions.api.settings import Settings
from functions.api.site_cache import SiteCache
from shared.access.identity import KeyBearer
from shared.access.keys import Key
from shared.platform.settings import load
from shared.platform.valkey import Command, Connection, Valkey

if TYPE_CHECKING:
    import socket

ROUNDS: Final = 15
CONTEXT: Final[Any] = None  # Mangum hands it on; nobody reads it


class NoSocket:
    """Where packed commands end."""

    def sendall(self, _data: bytes) -> None:
        """Send nothing."""


class NoServer(Connection):
    """Packs commands as the real connection does, and answers as Valkey would."""

    def __init__(self) -> None:
        super().__init__(cast("socket.socket", NoSocket()))

    def exchange(self, commands: Sequence[Command]) -> list[Any]:
        self.send(commands)
        return [b"1-1", None, *[1] * len(commands)][: len(commands)]


class OneSite(SiteCache):
    def bearer(self, key: Key) -> KeyBearer:
        return KeyBearer(1, UUID(int=1), key.kind, key.prefix)


class InProcess(Services):
    @cached_property
    def valkey(self) -> Valkey:
        return Valkey(NoServer)

    @cached_property
    def telemetry_valkey(self) -> Valkey:
        return Valkey(NoServer)

    @cached_property
    def sites(self) -> SiteCache:
        return OneSite(lambda: self.database)


def seconds_each(act: Callable[[Any], object], things: Iterable[Any]) -> float:
    begun = process_time()
    done = [act(thing) for thing in things]
    return (process_time() - begun) / len(done)


def main() -> None:
    events = json.load(sys.stdin)
    bodies = [event["body"] for event in events]
    handler = Mangum(create_app(InProcess(load(Settings))), lifespan="off")
    first = handler(events[0], CONTEXT)
    if first["statusCode"] != 202:  # noqa: PLR2004 -- Accepted
        raise SystemExit(f"answered {first}")
    found: dict[str, list[float]] = {"handler": [], "json": []}
    for _ in range(ROUNDS):
        found["handler"].append(seconds_each(lambda event: handler(event, CONTEXT), events))
        found["json"].append(seconds_each(json.loads, bodies))
    json.dump({name: median(times) for name, times in found.items()}, sys.stderr)


if __name__ == "__main__":
    main()
