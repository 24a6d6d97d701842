"""Run records: what a task found at one of its times, with the evidence."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, Literal

from shared.events.event import Event
from shared.events.runbook import TaskFailed, TaskMissed, TaskPassed, TaskTimedOut, TaskUnconfigured
from shared.platform.moments import stamp
from shared.runbook.plan import Planned
from shared.runbook.view import RunState

Kind = Literal["scheduled", "manual", "played"]


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNCONFIGURED = "unconfigured"
    TIMED_OUT = "timed out"
    MISSED = "missed"


_STATES: Final[dict[Verdict, RunState]] = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.UNCONFIGURED: "unconfigured",
    Verdict.TIMED_OUT: "timed out",
    Verdict.MISSED: "missed",
}
TOLD: Final = {
    Verdict.PASSED: TaskPassed,
    Verdict.FAILED: TaskFailed,
    Verdict.UNCONFIGURED: TaskUnconfigured,
    Verdict.TIMED_OUT: TaskTimedOut,
    Verdict.MISSED: TaskMissed,
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check found out.

    ``why`` is a sentence; ``measured`` and ``thresholds`` are plain JSON values by name; ``inputs`` are SHA-256 digests of
    what was read, by name (see ``digest``); ``links`` are addresses of further evidence, by name.
    """

    verdict: Verdict
    why: str
    measured: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Why a task runs: its time has come, a person asked for it (``by``, ``reason``), or somebody played a day that is over."""

    task: str
    scheduled_for: datetime
    kind: Kind = "scheduled"
    by: str = ""
    reason: str = ""

    @property
    def run(self) -> str:
        """The record's id: one for each time of a task, and one for each request."""
        manual = "-manual" if self.kind == "manual" else ""
        return f"{self.task}-{self.scheduled_for:%Y%m%dT%H%M%SZ}{manual}"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A record. Without a verdict it is requested, or running until ``deadline``; ``late`` began after it was missed."""

    occasion: Occasion
    attempt: int = 0
    started_at: datetime | None = None
    deadline: datetime | None = None
    finished_at: datetime | None = None
    finding: Finding | None = None
    late: bool = False

    @property
    def id(self) -> str:
        return self.occasion.run

    @property
    def state(self) -> RunState:
        """The verdict, or "running" or "requested"."""
        if self.finding is not None:
            return _STATES[self.finding.verdict]
        return "running" if self.started_at else "requested"

    @property
    def seconds(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


def digest(content: object) -> str:
    """SHA-256 of bytes, of a text, or of a JSON value written in one way."""
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes):
        content = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str).encode()
    return f"sha256:{sha256(content).hexdigest()}"


def told(run: Run, planned: Planned, at: datetime) -> Event:
    """The event that tells a finished run's verdict; the same run, finished again, tells it under the same id."""
    assert run.finding is not None  # noqa: S101 -- it is finished
    played = " (played)" if run.occasion.kind == "played" else ""
    return TOLD[run.finding.verdict](
        id=f"{run.id}-{run.finding.verdict.value.replace(' ', '-')}", at=stamp(at), task=run.occasion.task,
        title=f"{planned.title}{played}", run=run.id, scheduled_for=stamp(run.occasion.scheduled_for), why=run.finding.why,
    )  # fmt: skip
