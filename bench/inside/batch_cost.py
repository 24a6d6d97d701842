"""Seconds per batch through the handler without the server that makes it durable.

Events on stdin, figures on stderr.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from statistics import median
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import hiredis
from mangum import Mangum

from functions.api.app import create_app
from functions.api.dependencies import Services
from functions.api.settings import Settings
from functions.api.site_cache import SiteCache
from shared.access.identity import KeyBearer
from shared.access.keys import Key
from shared.platform.settings import load
from shared.platform.valkey import Command, Connection, Valkey

ROUNDS: Final = 15


class NoServer(Connection):
    """Packs commands as the real connection does, and answers as Valkey would."""

    def __init__(self) -> None:
        """Connect to nothing."""

    def exchange(self, commands: Sequence[Command]) -> list[Any]:
        self.send(commands)
        return [b"1-1", None, *[1] * len(commands)][: len(commands)]

    def send(self, commands: Sequence[Command]) -> None:
        b"".join([hiredis.pack_command(tuple(command)) for command in commands])


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
    begun = perf_counter()
    done = [act(thing) for thing in things]
    return (perf_counter() - begun) / len(done)


def main() -> None:
    events = json.load(sys.stdin)
    bodies = [event["body"] for event in events]
    handler = Mangum(create_app(InProcess(load(Settings))), lifespan="off")
    first = handler(events[0], None)
    if first["statusCode"] != 202:  # noqa: PLR2004 -- Accepted
        raise SystemExit(f"answered {first}")
    found: dict[str, list[float]] = {"handler": [], "json": []}
    for _ in range(ROUNDS):
        found["handler"].append(seconds_each(lambda event: handler(event, None), events))
        found["json"].append(seconds_each(json.loads, bodies))
    json.dump({name: median(times) for name, times in found.items()}, sys.stderr)


if __name__ == "__main__":
    main()
