"""What outlives its stack. A failed creation keeps nothing: its names would be in the way of the next attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy

if TYPE_CHECKING:
    from infra.stages import Stage

# CloudFormation's RetainExceptOnCreate. Plain RETAIN also holds when the creation is rolled back.
KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE


def kept(stage: Stage) -> RemovalPolicy:
    """For what a stage keeps only where deletion is protected."""
    return KEPT if stage.sizes.deletion_protection else RemovalPolicy.DESTROY
