"""A task of the runbook: its function runs at the task's hour, and when a person asks for it over the bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_events as events

from infra.constructs.rule import on_event
from infra.constructs.schedule import SCHEDULED_TIME, schedule

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.platform import DataServices, Platform
    from infra.constructs.service_function import ServiceFunction

RETRIES = 2


def run_as_task(
    scope: Construct, *, platform: Platform, data: DataServices, function: ServiceFunction, task: str
) -> None:
    """Let `function` run `task`, and leave its run records in the operations table."""
    camel = "".join(word.capitalize() for word in task.split("_"))
    function.allow_table(data.operations)
    schedule(
        scope,
        f"{camel}Time",
        platform=platform,
        name=task,
        function=function,
        expression=platform.monitoring.at(task),
        # After its grace the task counts as missed.
        retries=RETRIES,
        max_age=Duration.seconds(platform.monitoring.grace_seconds(task)),
        event={"task": task, "scheduled_time": SCHEDULED_TIME},
    )
    on_event(
        scope,
        f"{camel}Requested",
        data=data,
        function=function,
        pattern=events.EventPattern(source=["p09.runbook"], detail_type=["TaskRequested"], detail={"task": [task]}),
        description=f"Somebody wants {task} to be run now",
    )


def run_every(scope: Construct, *, platform: Platform, function: ServiceFunction, name: str) -> None:
    """Run `function` as often as the runbook's schedule `name` says; the next run does a lost one's work as well."""
    camel = "".join(word.capitalize() for word in name.split("_"))
    schedule(
        scope,
        f"{camel}Every",
        platform=platform,
        name=f"{name}-every",
        function=function,
        expression=platform.monitoring.every(name),
        retries=RETRIES,
        max_age=Duration.seconds(max(platform.monitoring.every_seconds(name), 60)),
        event={"task": name, "scheduled_time": SCHEDULED_TIME},
    )
