"""Seconds per warm `GET /health`, ours and bare FastAPI + Mangum in turns.

Event on stdin, figures on stderr.
"""

import json
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, Final

from functions.api.handler import handler as ours

from .fastapi_mangum import handler as bare

ROUNDS: Final = 40
CALLS: Final = 100


class Context:
    """Mangum hands it on; nobody reads it."""


def seconds_per_call(handler: Callable[[dict[str, Any], Any], Any], event: dict[str, Any]) -> float:
    context = Context()
    begun = perf_counter()
    for _ in range(CALLS):
        handler(event, context)
    return (perf_counter() - begun) / CALLS


def main() -> None:
    event = json.load(sys.stdin)
    found: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        found["ours"].append(seconds_per_call(ours, event))
        found["bare"].append(seconds_per_call(bare, event))
    json.dump({name: median(times) for name, times in found.items()}, sys.stderr)


if __name__ == "__main__":
    main()
