"""Run records in the operations table: one item for each time of a task, whatever is delivered how often."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final

from shared.events.runbook import TaskRequested
from shared.platform.aws.dynamodb import Overtaken, Put, Table, Value
from shared.platform.moments import moment, stamp
from shared.platform.outbox import leave
from shared.platform.refusals import NotNow
from shared.runbook.plan import Planned
from shared.runbook.run import Finding, Occasion, Run, Verdict, told

KEPT: Final = timedelta(days=800)  # evidence outlives two yearly audits
_WATCH: Final = "runbook-watch"
_SINCE: Final = "since"
_UNTIL: Final = "until"


class AskedAlready(NotNow):
    """It was asked for in the same second: that run is on its way."""

    def __init__(self, occasion: Occasion) -> None:
        detail = f"{occasion.task} was asked for this very second: {occasion.run} is on its way"
        super().__init__(detail, run=occasion.run)


class RunStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, task: str, run: str) -> Run | None:
        """By the record's id."""
        found = self._table.get(_partition(task), run)
        return _run(found) if found else None

    def latest(self, task: str, *, before: str | None = None, limit: int = 1) -> list[Run]:
        """Newest first; ``before`` is a record's id."""
        return [
            _run(item) for item in self._table.query(_partition(task), before=before, newest_first=True, limit=limit)
        ]

    def between(self, task: str, start: datetime, end: datetime) -> list[Run]:
        """Those of the times from ``start`` to ``end`` (excluded), oldest first."""
        first, last = (f"{task}-{at:%Y%m%dT%H%M%SZ}" for at in (start, end))
        return [run for item in self._table.query(_partition(task), between=(first, last))
                if (run := _run(item)).occasion.scheduled_for < end]  # fmt: skip

    def request(self, occasion: Occasion) -> Run:
        """A person wants it run: the record and the event that has it run. Raises AskedAlready."""
        run = Run(occasion=occasion)
        event = TaskRequested(
            id=run.id, at=stamp(occasion.scheduled_for), task=occasion.task, run=run.id, by=occasion.by,
            reason=occasion.reason,
        )  # fmt: skip
        try:
            self._table.write([Put(item=_item(run), expect={"sk": None}), leave(event)])
        except Overtaken as error:
            raise AskedAlready(occasion) from error
        return run

    def begin(self, before: Run | None, run: Run) -> None:
        """Raises Overtaken when the record is not as it was ``before``."""
        self._table.write([Put(item=_item(run), expect=_as_it_was(before))])

    def finish(self, before: Run | None, run: Run, planned: Planned, at: datetime) -> None:
        """The verdict and the event that tells it. Raises Overtaken when the record is not as it was ``before``."""
        self._table.write([Put(item=_item(run), expect=_as_it_was(before)), leave(told(run, planned, at))])

    def watched(self) -> tuple[datetime | None, datetime | None]:
        """Since when the watcher watches, and until when it has judged."""
        keys = [(_WATCH, _SINCE), (_WATCH, _UNTIL)]
        found = self._table.get_many(keys)
        since, until = (moment(str(found[key]["at"])) if key in found else None for key in keys)
        return since, until

    def watch_since(self, at: datetime) -> datetime:
        """The first watcher's clock, whoever it was."""
        try:
            self._table.write([Put(item={"pk": _WATCH, "sk": _SINCE, "at": stamp(at)}, expect={"at": None})])
        except Overtaken:
            return self.watched()[0] or at
        return at

    def watch_until(self, at: datetime) -> None:
        self._table.write([Put(item={"pk": _WATCH, "sk": _UNTIL, "at": stamp(at)})])


def _as_it_was(before: Run | None) -> dict[str, Value | None]:
    return {"sk": None} if before is None else {"attempt": before.attempt, "state": before.state}


def _partition(task: str) -> str:
    return f"run#{task}"


def _item(run: Run) -> dict[str, Value]:
    """What is asked by stands as attributes, the whole as JSON."""
    record = asdict(replace(run, finding=None))
    content = json.dumps(
        {**record, "finding": asdict(run.finding) if run.finding else None}, default=_plain, allow_nan=False
    )
    return {
        "pk": _partition(run.occasion.task), "sk": run.id, "state": run.state, "attempt": run.attempt,
        "record": content, "expires_at": int((run.occasion.scheduled_for + KEPT).timestamp()),
    }  # fmt: skip


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} can't be evidence: write it as text or as a number")


def _run(item: Mapping[str, Value]) -> Run:
    plain: dict[str, Any] = json.loads(str(item["record"]))
    occasion = plain.pop("occasion")
    finding = plain.pop("finding")
    times = {name: datetime.fromisoformat(plain[name]) if plain[name] else None
             for name in ("started_at", "deadline", "finished_at")}  # fmt: skip
    return Run(
        **(plain | times),
        occasion=Occasion(**(occasion | {"scheduled_for": datetime.fromisoformat(occasion["scheduled_for"])})),
        finding=Finding(**(finding | {"verdict": Verdict(finding["verdict"])})) if finding else None,
    )
