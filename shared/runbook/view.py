"""What the API says of the runbook's tasks and their run records."""

from typing import Any, Literal

from typing_extensions import TypedDict

from shared.platform.views import view
from shared.runbook.fields import Weekday

RunState = Literal["requested", "running", "passed", "failed", "unconfigured", "timed out", "missed"]
TaskState = Literal[
    "not due", "upcoming", "due", "no record",
    "requested", "running", "passed", "failed", "unconfigured", "timed out", "missed",
]  # fmt: skip


@view
class RunSummary(TypedDict):
    """A record without its evidence. A ``played`` one was made by `p09 day` after its day: it says what was found at
    ``started_at``, and is no evidence. ``by`` and ``reason`` say who had it run by hand, and why; ``late``: it began
    after it had counted as missed; ``attempt`` counts what crashed and was run again."""

    id: str
    task: str
    kind: Literal["scheduled", "manual", "played"]
    state: RunState
    scheduled_for: str
    by: str
    reason: str
    attempt: int
    late: bool
    started_at: str | None
    finished_at: str | None
    seconds: float | None
    why: str


@view
class RunView(RunSummary):
    """A record with its evidence: values by name; ``inputs`` are SHA-256 digests of what was read."""

    measured: dict[str, Any]
    thresholds: dict[str, Any]
    inputs: dict[str, str]
    links: dict[str, str]


class TaskRow(TypedDict):
    """``due_at`` is null when it is not due on that day. ``run`` is the one at that time, ``manual_runs`` those that
    people asked for, newest first, which never stand for it: ``state`` is that of ``run``. Without one it is ``upcoming``,
    ``due`` (its grace goes on), ``no record`` (it is over, and the watcher has not judged it), or ``not due`` (also
    when it was due before the installation). ``hint`` says so in words; it is empty once the run has found something."""

    id: str
    title: str
    responsible: str
    tooling: str
    hour: int
    weekday: Weekday | None
    grace_seconds: int
    due_at: str | None
    state: TaskState
    hint: str
    run: RunSummary | None
    manual_runs: list[RunSummary]


class ScheduleRow(TypedDict):
    """Runs by itself and leaves no run record: every so many seconds, or at an hour (UTC)."""

    id: str
    title: str
    hour: int | None
    weekday: Weekday | None
    every_seconds: int | None


class ComponentRow(TypedDict):
    """A part of the service as its users see it, which incidents and maintenances name by its id."""

    id: str
    title: str
    description: str


@view
class RunbookDay(TypedDict):
    """The runbook's table on one day (UTC), as of ``now``. Nothing is due before ``installed_at``, which is null until the
    watcher has looked for the first time."""

    date: str
    now: str
    installed_at: str | None
    tasks: list[TaskRow]
    schedules: list[ScheduleRow]
    components: list[ComponentRow]


@view
class RunList(TypedDict):
    """Newest first; ``next_cursor`` is the ``cursor`` of the next page, null on the last."""

    runs: list[RunSummary]
    next_cursor: str | None
