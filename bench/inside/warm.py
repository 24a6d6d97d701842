"""Processor seconds per warm `GET /health`, ours and bare FastAPI + Mangum in turns; the least of many rounds.

`event`, and `calls` for each round, on stdin; figures on stderr.
"""

import json
import sys
from collections.abc import Callable
from http import HTTPStatus
from time import process_time
from typing import Any, Final

from functions.api.handler import handler as ours

from .fastapi_mangum import handler as bare

ROUNDS: Final = 40
CONTEXT: Final[Any] = None  # Mangum hands it on; nobody reads it


def seconds_per_call(handler: Callable[[dict[str, Any], Any], Any], event: dict[str, Any], calls: int) -> float:
    begun = process_time()
    for _ in range(calls):
        handler(event, CONTEXT)
    return (process_time() - begun) / calls


def main() -> None:
    given = json.load(sys.stdin)
    event, calls = given["event"], given["calls"]
    for handler in (ours, bare):
        answer = handler(event, CONTEXT)
        if answer["statusCode"] != HTTPStatus.OK:
            raise SystemExit(f"answered {answer}")
    found: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        found["ours"].append(seconds_per_call(ours, event, calls))
        found["bare"].append(seconds_per_call(bare, event, calls))
    json.dump({name: min(times) for name, times in found.items()}, sys.stderr)


if __name__ == "__main__":
    main()
