"""CloudFormation custom resource: publishes the console that a deploy brings."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from functions.web_publisher.publish import publish
from functions.web_publisher.settings import Settings
from shared.platform.aws.bucket import Bucket
from shared.platform.aws.custom_resource import answer
from shared.platform.aws.s3 import get_object
from shared.platform.settings import load

if TYPE_CHECKING:
    from mypy_boto3_cloudfront.client import CloudFrontClient

settings = load(Settings)
bucket = Bucket(settings.web_bucket_name)


@cache
def cloudfront() -> CloudFrontClient:
    client: CloudFrontClient = boto3.client("cloudfront")
    return client


def handler(event: dict[str, Any], _context: object) -> None:
    # Deleted with the stack: the bucket is kept, and so is what it holds.
    act = (lambda: publish_console(event)) if event["RequestType"] != "Delete" else lambda: None
    answer(event, physical_id=settings.web_bucket_name, act=act)


def publish_console(event: dict[str, Any]) -> None:
    properties = event["ResourceProperties"]
    archive = get_object(properties["AssetBucket"], properties["AssetKey"])
    publish(bucket, archive=archive, config=properties["Config"], now=datetime.now(UTC))
    # The same request, retried, is the same invalidation.
    cloudfront().create_invalidation(
        DistributionId=properties["DistributionId"],
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": event["RequestId"]},
    )
