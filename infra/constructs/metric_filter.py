"""Metrics made of log lines: they exist although no function had the time to publish one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_logs as logs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from infra.constructs.platform import Platform


def count_lines(
    scope: Construct, *, log_group: logs.ILogGroup, platform: Platform, patterns: Mapping[str, str]
) -> None:
    """Count lines by metric → pattern. Counts alone, so that every window is a sum."""
    for metric, pattern in patterns.items():
        _filter(scope, log_group, platform, metric, pattern, value="1", default=0)


def take_values(scope: Construct, *, log_group: logs.ILogGroup, platform: Platform, fields: Mapping[str, str]) -> None:
    """Publish a field of JSON lines, by metric → field. A line without it publishes nothing."""
    for metric, field in fields.items():
        _filter(scope, log_group, platform, metric, f"{{ $.{field} = * }}", value=f"$.{field}", default=None)


def _filter(
    scope: Construct,
    log_group: logs.ILogGroup,
    platform: Platform,
    metric: str,
    pattern: str,
    *,
    value: str,
    default: int | None,
) -> None:
    logs.MetricFilter(
        scope,
        f"{metric}Filter",
        log_group=log_group,
        filter_pattern=logs.FilterPattern.literal(pattern),
        metric_namespace=platform.monitoring.namespace,
        metric_name=metric,
        metric_value=value,
        default_value=default,
    )
