"""The stage's secrets as the runbook lists them, by the names that this stage gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, Stack

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.platform import Platform


def stored(platform: Platform) -> dict[str, dict[str, Any]]:
    """Those in Secrets Manager."""
    return {name: one for name, one in platform.monitoring.runbook["secrets"].items() if one.get("stored", True)}


def rotated(platform: Platform) -> dict[str, dict[str, Any]]:
    """Those that the function secret_rotation rotates, of itself or on demand."""
    return {name: one for name, one in stored(platform).items() if "kind" in one}


def arns(scope: Construct, platform: Platform, names: list[str] | dict[str, Any]) -> list[str]:
    """Made of names, so that no stack waits for another; AWS ends each with six characters that it chose."""
    return [
        Stack.of(scope).format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{platform.stage.physical_name(name)}-??????",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        for name in names
    ]
