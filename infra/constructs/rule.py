"""A rule on a bus that invokes a function: bounded retries, and then the function's own failure queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.platform import DataServices
    from infra.constructs.service_function import ServiceFunction

RETRIES = 8
MAX_AGE = Duration.hours(2)


def on_event(
    scope: Construct,
    construct_id: str,
    *,
    data: DataServices | None,
    function: ServiceFunction,
    pattern: events.EventPattern,
    description: str,
    retries: int = RETRIES,
    max_age: Duration = MAX_AGE,
) -> events.Rule:
    """On the stage's bus; without ``data`` on the account's default one, on which AWS itself speaks."""
    return events.Rule(
        scope,
        construct_id,
        event_bus=data.bus if data else None,
        description=description,
        event_pattern=pattern,
        targets=[
            targets.LambdaFunction(
                function.function, dead_letter_queue=function.failures, retry_attempts=retries, max_event_age=max_age
            )
        ],
    )
