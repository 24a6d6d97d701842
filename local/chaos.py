"""Faults that are injected into the local system: by the front door into requests of the API, so that one can see what the
KPIs make of them, and into the played history of the pipeline, for the 20:00 review.

The control is a file in the state folder, which only who owns this checkout can write: nothing that listens on a port.
"""

import random
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

from local.state import LocalError, State, read_json, write_json

PipelineScenario = Literal["clean", "failure", "flake", "slow_job", "regression", "rate_limit"]


@dataclass(frozen=True, kw_only=True)
class Chaos:
    """``errors``: the share of requests that are answered with 503; ``latency``: seconds by which the others are late;
    ``pipeline``: what the last day of its played history shows."""

    errors: float = 0.0
    latency: float = 0.0
    pipeline: PipelineScenario = "clean"

    def __post_init__(self) -> None:
        if not 0 <= self.errors <= 1:
            raise LocalError("a share of errors lies between 0% and 100%")
        if not 0 <= self.latency <= 30:  # noqa: PLR2004  # API Gateway itself gives up then
            raise LocalError("a latency lies between 0 ms and 30 s")
        if self.pipeline not in get_args(PipelineScenario):
            raise LocalError(f"a pipeline's scenario is one of {', '.join(get_args(PipelineScenario))}")


NONE = Chaos()


def set_chaos(state: State, chaos: Chaos) -> None:
    if chaos == NONE:
        state.chaos_file.unlink(missing_ok=True)
    else:
        write_json(state.chaos_file, asdict(chaos))


def get_chaos(state: State) -> Chaos:
    return Chaos(**(read_json(state.chaos_file) or {}))


class ChaosWatch:
    """What the file says now; it is read again when it has changed."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._changed: float | None = None
        self._chaos = NONE
        self._dice = random.Random()  # noqa: S311  # faults, not secrets

    def now(self) -> Chaos:
        changed = _changed(self._state.chaos_file)
        if changed != self._changed:
            self._chaos, self._changed = get_chaos(self._state), changed
        return self._chaos

    def hits(self, chaos: Chaos) -> bool:
        """Whether this request is one of those that fail."""
        return self._dice.random() < chaos.errors


def _changed(file: Path) -> float | None:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return None
