"""How long `make run` took until the first event was accepted, as it measured by itself."""

from collections.abc import Iterator
from typing import Final

from bench.context import Context
from bench.outcome import Outcome, not_measured
from local.state import default_state

WHAT: Final = "make run to the first accepted event"
WARM: Final = 40
FRESH: Final = 240
TARGET: Final = f"≤ {WARM} s warm, ≤ {FRESH} s fresh"


def measure(_context: Context) -> Iterator[Outcome]:
    seconds = (default_state().system() or {}).get("ready_seconds")
    if seconds is None:
        yield not_measured("make_run", WHAT, TARGET, "run `make run` first, and leave it running")
        return
    yield Outcome(
        row="make_run",
        what=WHAT,
        target=TARGET,
        measured=f"{seconds:.1f} s",
        met=seconds <= WARM,
        note="as the running system measured it at its start",
        figures={"seconds": seconds},
    )
