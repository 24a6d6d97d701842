"""Alarms on a function: errors, throttles, duration, and what it gave up on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

PERIOD = Duration.minutes(5)
# A function that needs this share of its timeout is about to be cut off.
DURATION_SHARE = 0.8


def alarm_when_above(
    scope: Construct, name: str, *, metric: cloudwatch.Metric, threshold: float, why: str, topic: sns.ITopic
) -> cloudwatch.Alarm:
    alarm = cloudwatch.Alarm(
        scope,
        name,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=why,
    )
    alarm.add_alarm_action(actions.SnsAction(topic))
    alarm.add_ok_action(actions.SnsAction(topic))
    return alarm


def function_alarms(
    scope: Construct,
    *,
    name: str,
    function: lambda_.Function,
    failures: sqs.Queue,
    timeout: Duration,
    topic: sns.ITopic,
) -> None:
    errors = function.metric_errors(period=PERIOD, statistic="Sum")
    throttles = function.metric_throttles(period=PERIOD, statistic="Sum")
    duration = function.metric_duration(period=PERIOD, statistic="Maximum")
    dead_letters = failures.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="Maximum")
    limit = timeout.to_milliseconds() * DURATION_SHARE
    for kind, metric, threshold, why in (
        ("Errors", errors, 0, f"{name} failed at least once in five minutes"),
        ("Throttles", throttles, 0, f"{name} was refused for want of reserved concurrency"),
        ("Duration", duration, limit, f"{name} took more than {DURATION_SHARE:.0%} of its timeout"),
        ("DeadLetters", dead_letters, 0, f"{name} gave up on events: they wait in its failure queue"),
    ):
        alarm_when_above(scope, f"{kind}Alarm", metric=metric, threshold=threshold, why=why, topic=topic)
