"""`make run` to the first accepted event: in a folder that holds nothing, and again with what that run has left."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from bench.bundle import MeasuringFailed
from bench.context import Context
from bench.outcome import Outcome
from local.api import Api
from local.customers import open_site, owner
from local.state import ROOT, State

ORGANISATION: Final = "Bench"
DOMAIN: Final = "bench.localhost"
WARM_SECONDS: Final = 20
GIVE_UP_SECONDS: Final = 240.0
STOP_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.05


def measure(context: Context) -> Iterator[Outcome]:
    state = State(context.system_folder())
    first = _seconds_to_first_event(state)
    yield from again(state, note=f"the first start in an empty folder, packages installed: {first:.1f} s")


def again(state: State, note: str = "") -> Iterator[Outcome]:
    """A start of a system that has run before and does not run now."""
    seconds = _seconds_to_first_event(state)
    yield Outcome(
        row="make_run",
        what="make run again, to the first accepted event",
        target=f"≤ {WARM_SECONDS} s",
        measured=f"{seconds:.1f} s",
        met=seconds <= WARM_SECONDS,
        note=note,
        figures={"seconds": seconds},
    )


def _seconds_to_first_event(state: State) -> float:
    begun = monotonic()
    with _running(state) as system:
        api, organisation = owner(system, ORGANISATION)
        site = open_site(api, organisation, name=DOMAIN, domain=DOMAIN)
        event = {"name": "pageview", "url": f"http://{DOMAIN}/"}
        Api(system["url"], site.write_key).post("/v1/events", {"events": [event]})
        return monotonic() - begun


@contextmanager
def _running(state: State) -> Iterator[dict[str, Any]]:
    """The process that `make run` starts; gives what others may know of the ready system."""
    command = [sys.executable, "-m", "local.run", "--state", str(state.folder), "--port", "0", "--demo", "0"]
    with _log(state).open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield _ready(state, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_SECONDS)


def _ready(state: State, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    ends = monotonic() + GIVE_UP_SECONDS
    while (system := state.system()) is None:
        if process.poll() is not None or monotonic() > ends:
            raise MeasuringFailed(f"the local system did not start: {_log(state).read_text()[-2000:]}")
        sleep(POLL_SECONDS)
    return system


def _log(state: State) -> Path:
    return state.folder / "bench.log"
