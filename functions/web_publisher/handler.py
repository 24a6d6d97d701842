"""CloudFormation custom resource: publishes the console that a deploy brings."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from functions.web_publisher.publish import publish
from functions.web_publisher.settings import Settings
from shared.platform.aws.custom_resource import answer
from shared.platform.settings import load

if TYPE_CHECKING:
    from mypy_boto3_cloudfront.client import CloudFrontClient
    from mypy_boto3_s3.client import S3Client

settings = load(Settings)


@cache
def s3() -> S3Client:
    client: S3Client = boto3.client("s3")
    return client


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
    asset = s3().get_object(Bucket=properties["AssetBucket"], Key=properties["AssetKey"])
    bucket = settings.web_bucket_name
    publish(s3(), bucket=bucket, archive=asset["Body"].read(), config=properties["Config"])
    # The same request, retried, is the same invalidation.
    cloudfront().create_invalidation(
        DistributionId=properties["DistributionId"],
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": event["RequestId"]},
    )
