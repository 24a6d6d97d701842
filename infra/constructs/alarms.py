"""Alarms on a function: errors, throttles, duration, and what it gave up on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from infra.constructs.platform import Platform

PERIOD = Duration.minutes(5)
# A function that needs this share of its timeout is about to be cut off.
DURATION_SHARE = 0.8
FAILED = (
    "It failed at least once in five minutes. Find the request in its log; roll back if it began with a deployment."
)
THROTTLED = (
    "For fifteen minutes it was refused for want of reserved concurrency. "
    "Look for a flood or a slow dependency before raising it."
)
SLOW = f"It took more than {DURATION_SHARE:.0%} of its timeout. Its trace says which dependency is slow; help that one."
GAVE_UP = "It gave up on events. Read one in its failure queue with its error, mend the cause, then redrive the queue."


def function_alarms(
    scope: Construct, *, name: str, function: lambda_.Function, failures: sqs.Queue, platform: Platform
) -> None:
    if function.timeout is None:
        raise ValueError(f"{function.node.path} has no timeout of its own")
    errors = function.metric_errors(period=PERIOD, statistic="Sum")
    throttles = function.metric_throttles(period=PERIOD, statistic="Sum")
    duration = function.metric_duration(period=PERIOD, statistic="Maximum")
    waiting = failures.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="Maximum")
    limit = function.timeout.to_milliseconds() * DURATION_SHARE
    for what, metric, threshold, periods, why in (
        ("errors", errors, 0, 1, FAILED),
        # Who was refused once is let in at the next attempt.
        ("throttles", throttles, 0, 3, THROTTLED),
        ("duration", duration, limit, 1, SLOW),
        ("dead-letters", waiting, 0, 1, GAVE_UP),
    ):
        alarm = _alarm(
            scope,
            f"{what.title().replace('-', '')}Alarm",
            name=platform.stage.physical_name(f"{name}-{what}"),
            metric=metric,
            threshold=threshold,
            periods=periods,
            description=f"{why} {platform.monitoring.link('crashes')}",
        )
        alarm.add_alarm_action(actions.SnsAction(platform.alarms))
        alarm.add_ok_action(actions.SnsAction(platform.alarms))


def _alarm(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    metric: cloudwatch.Metric,
    threshold: float,
    periods: int,
    description: str,
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        construct_id,
        alarm_name=name,
        metric=metric,
        threshold=threshold,
        evaluation_periods=periods,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=description,
    )
