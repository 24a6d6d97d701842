"""Processor seconds per batch through the handler without the server that makes it durable; the least of many rounds.

`events` and `rounds` on stdin, figures on stderr.
"""

import json
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from http import HTTPStatus
from time import process_time
from typing import Any, Final
from uuid import UUID

import hiredis
from mangum import Mangum

from functions.collect.app import create_app
from functions.collect.services import Services
from functions.collect.settings import Settings
from shared.http.site_cache import SiteCache
from shared.identity.identity import KeyBearer
from shared.identity.keys import Key
from shared.platform.settings import load
from shared.platform.valkey import Command, Valkey

CONTEXT: Final[Any] = None  # Mangum hands it on; nobody reads it


class NoServer(Valkey):
    """Packs commands as the real one does, and answers as Valkey would."""

    def __init__(self) -> None:
        """Connect to nothing."""

    def pipeline(self, commands: Sequence[Command], *, atomic: bool = False) -> list[Any]:
        self.tell([("MULTI",), *commands, ("EXEC",)] if atomic else commands)
        appended = [1, 0, 0, 0, [b"1-1", None, 1]]  # what the script of limits answers
        return [appended, *[1] * len(commands)][: len(commands)]

    def tell(self, commands: Sequence[Command]) -> None:
        for command in commands:
            hiredis.pack_command(tuple(command))  # type: ignore[arg-type]  # its stub says tuples of one


class OneSite(SiteCache):
    def bearer(self, key: Key) -> KeyBearer:
        return KeyBearer(1, UUID(int=1), key.kind, key.prefix)


class InProcess(Services):
    @cached_property
    def valkey(self) -> Valkey:
        return NoServer()

    @cached_property
    def telemetry_valkey(self) -> Valkey:
        return NoServer()

    @cached_property
    def sites(self) -> SiteCache:
        return OneSite(lambda: self.database)


def seconds_each(act: Callable[[Any], Any], things: Sequence[Any]) -> tuple[float, list[Any]]:
    begun = process_time()
    done = [act(thing) for thing in things]
    return (process_time() - begun) / len(done), done


def main() -> None:
    given = json.load(sys.stdin)
    events = given["events"]
    bodies = [event["body"] for event in events]
    handler = Mangum(create_app(InProcess(load(Settings))), lifespan="off")
    found: dict[str, list[float]] = {"handler": [], "json": []}
    for _ in range(given["rounds"]):
        seconds, answers = seconds_each(lambda event: handler(event, CONTEXT), events)
        if wrong := [answer for answer in answers if answer["statusCode"] != HTTPStatus.ACCEPTED]:
            raise SystemExit(f"answered {wrong[0]}")
        found["handler"].append(seconds)
        found["json"].append(seconds_each(json.loads, bodies)[0])
    json.dump({name: min(times) for name, times in found.items()}, sys.stderr)


if __name__ == "__main__":
    main()
