"""EventBridge Scheduler waking a function: bounded retries, and then the function's own failure queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import Duration
    from constructs import Construct

    from infra.constructs.platform import Platform
    from infra.constructs.service_function import ServiceFunction

# Scheduler puts the time there that was meant, however late the attempt.
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"


def schedule(
    scope: Construct,
    construct_id: str,
    *,
    platform: Platform,
    name: str,
    function: ServiceFunction,
    expression: str,
    retries: int,
    max_age: Duration,
    event: Mapping[str, Any] | None = None,
) -> scheduler.CfnSchedule:
    """Wake `function` with `event` whenever `expression` says so, in UTC."""
    failures = function.failures.queue_arn
    role, policy = _role(scope, construct_id, function)
    found = scheduler.CfnSchedule(
        scope,
        construct_id,
        name=platform.stage.physical_name(name),
        schedule_expression=expression,
        schedule_expression_timezone="UTC",
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=scheduler.CfnSchedule.TargetProperty(
            arn=function.function.function_arn,
            role_arn=role.role_arn,
            input=json.dumps(event) if event else None,
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failures),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_retry_attempts=retries, maximum_event_age_in_seconds=max_age.to_seconds()
            ),
        ),
    )
    found.node.add_dependency(policy)
    return found


def _role(scope: Construct, construct_id: str, function: ServiceFunction) -> tuple[iam.Role, iam.ManagedPolicy]:
    service = iam.ServicePrincipal("scheduler.amazonaws.com")
    role = iam.Role(scope, f"{construct_id}ScheduleRole", assumed_by=service)
    statements = [
        iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function.function_arn]),
        iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[function.failures.queue_arn]),
    ]
    return role, iam.ManagedPolicy(scope, f"{construct_id}SchedulePolicy", roles=[role], statements=statements)
