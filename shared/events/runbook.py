from typing import ClassVar

from shared.events.event import Told


class _RunbookEvent(Told):
    source: ClassVar[str] = "p09.runbook"
    task: str


class _TaskEvent(_RunbookEvent):
    """A task of the runbook has a verdict for one of its times. ``run`` names the record with the evidence."""

    title: str
    run: str
    scheduled_for: str
    why: str


class TaskPassed(_TaskEvent):
    """What the task looked at is as it should be."""


class TaskFailed(_TaskEvent):
    """It is not, or the task could not find out."""


class TaskUnconfigured(_TaskEvent):
    """The task can't judge yet: something is not configured, or too little was measured. Neither good nor bad."""


class TaskTimedOut(_TaskEvent):
    """The task began and did not end in its time."""


class TaskMissed(_TaskEvent):
    """The task's hour and its grace have passed without a run."""


class TaskRequested(_RunbookEvent):
    """A person wants a task to be run now; ``run`` is the record that waits for it."""

    run: str
    by: str
    reason: str
