"""A bucket that keeps every version and takes requests by TLS alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_s3 as s3

from infra.acknowledge import acknowledge
from infra.constructs.kept import KEPT

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.service_function import ServiceFunction

# Copies of accepted events, in the archive bucket; `shared/storage/kept.py` writes and reads them.
ACCEPTED = "accepted/"


class PrivateBucket(s3.Bucket):
    def __init__(self, scope: Construct, construct_id: str, *, old_versions_days: int = 90, **props: Any) -> None:
        super().__init__(
            scope,
            construct_id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=Duration.days(old_versions_days),
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                )
            ],
            removal_policy=KEPT,
            **props,
        )


def allow_objects(function: ServiceFunction, bucket: s3.IBucket, pattern: str, *actions: str, why: str) -> None:
    """Let a function of another stack use those objects of a bucket whose names match ``pattern``, which ends with a star."""
    arn = Stack.of(bucket).export_value(bucket.bucket_arn)
    function.allow(*actions, resources=[f"{arn}/{pattern}"])
    export = Stack.of(function).resolve(arn)["Fn::ImportValue"]
    acknowledge(function.policy, {f"AwsSolutions-IAM5[Resource::{export}/{pattern}]": why})
