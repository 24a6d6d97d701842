"""The schedules of a deployed system, and the times of a day at which they fire."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from aws_croniter import AwsCroniter

from local.state import LocalError

PREFIX: Final = "p09-"
SCHEDULED_TIME: Final = "<aws.scheduler.scheduled-time>"
WORKFLOW: Final = ":states:"  # in the ARN of a state machine
_DAY: Final = timedelta(days=1)
_HOURLY: Final = 24  # times a day; more is thinned when asked


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """``anchor`` is what a rate counts from: the schedule's start, or its creation."""

    name: str
    expression: str
    target: str
    input: str
    anchor: datetime

    def played(self, at: datetime) -> bytes:
        """What it sends at its time, marked as played."""
        event = json.loads(self.input.replace(SCHEDULED_TIME, at.strftime("%Y-%m-%dT%H:%M:%SZ")))
        return json.dumps(event | {"played": True}).encode()


def deployed(client: Any) -> tuple[list[Schedule], list[str]]:
    """Those that are enabled, and the names of those that are not. Raises LocalError for what can't be played."""
    enabled, disabled = [], []
    for page in client.get_paginator("list_schedules").paginate(NamePrefix=PREFIX):
        for one in page["Schedules"]:
            found = client.get_schedule(Name=one["Name"], GroupName=one.get("GroupName", "default"))
            if found["State"] == "DISABLED":
                disabled.append(one["Name"])
            else:
                enabled.append(_schedule(found))
    if not enabled:
        raise LocalError("no schedule is deployed: nothing would run. `make run` deploys the stacks")
    return enabled, disabled


def times(schedule: Schedule, day: date) -> list[datetime]:
    """Its times on that day (UTC), in order. Raises LocalError for an expression that Scheduler does not have."""
    start = datetime.combine(day, time(), UTC)
    kind, _, inner = schedule.expression.removesuffix(")").partition("(")
    match kind:
        case "cron":
            return list(AwsCroniter(inner).get_all_schedule_bw_dates(start, start + _DAY - timedelta(minutes=1)))
        case "rate":
            return list(_every(_rate(inner), schedule.anchor, start))
        case "at":
            at = datetime.fromisoformat(inner).replace(tzinfo=UTC)
            return [at] if start <= at < start + _DAY else []
    raise LocalError(f"{schedule.name}: {schedule.expression} is no expression of EventBridge Scheduler")


def occasions(schedules: Sequence[Schedule], day: date, thin: int) -> list[tuple[datetime, Schedule]]:
    """What fires on that day, in its order; of what fires more often than hourly only every ``thin``-th, the last included."""
    found = []
    for schedule in schedules:
        due = times(schedule, day)
        kept = due[::-1][::thin] if len(due) > _HOURLY else due
        found += [(at, schedule) for at in kept]
    return sorted(found, key=lambda one: (one[0], one[1].name))


def _schedule(found: dict[str, Any]) -> Schedule:
    zone = found.get("ScheduleExpressionTimezone", "UTC")
    if zone != "UTC":
        raise LocalError(f"{found['Name']} is scheduled in {zone}: only schedules in UTC can be played")
    if not any(kind in found["Target"]["Arn"] for kind in (":lambda:", WORKFLOW)):
        raise LocalError(f"{found['Name']} has a target that can't be played: {found['Target']['Arn']}")
    return Schedule(
        name=found["Name"], expression=found["ScheduleExpression"], target=found["Target"]["Arn"],
        input=found["Target"].get("Input") or json.dumps({}),
        anchor=(found.get("StartDate") or found["CreationDate"]).astimezone(UTC),
    )  # fmt: skip


def _rate(text: str) -> timedelta:
    number, _, unit = text.partition(" ")
    return timedelta(**{unit if unit.endswith("s") else f"{unit}s": int(number)})


def _every(length: timedelta, anchor: datetime, start: datetime) -> Iterator[datetime]:
    """Multiples of the length from the anchor, which may lie after them."""
    at = anchor.replace(microsecond=0) + -(-(start - anchor.replace(microsecond=0)) // length) * length
    while at < start + _DAY:
        yield at
        at += length
