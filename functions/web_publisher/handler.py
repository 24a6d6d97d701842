"""CloudFormation custom resource: publishes the console that a deploy brings."""

from __future__ import annotations

import json
import urllib.request
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from functions.web_publisher.publish import publish
from functions.web_publisher.settings import Settings
from shared.platform.settings import load

if TYPE_CHECKING:
    from mypy_boto3_cloudfront.client import CloudFrontClient
    from mypy_boto3_s3.client import S3Client

ANSWER_SECONDS = 10


@cache
def settings() -> Settings:
    return load(Settings)


@cache
def s3() -> S3Client:
    return boto3.client("s3")


@cache
def cloudfront() -> CloudFrontClient:
    return boto3.client("cloudfront")


def handler(event: dict[str, Any], _context: object) -> None:
    bucket = settings().web_bucket_name
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"PhysicalResourceId": bucket, "Status": "SUCCESS"}
    try:
        # Deleted with the stack: the bucket is kept, and so is what it holds.
        if event["RequestType"] != "Delete":
            _publish(bucket, event["ResourceProperties"], request_id=event["RequestId"])
    except (BotoCoreError, ClientError, zipfile.BadZipFile, KeyError) as error:
        answer |= {"Status": "FAILED", "Reason": f"web_publisher: {error!r}"}
    _send(event["ResponseURL"], answer)


def _publish(bucket: str, properties: dict[str, str], *, request_id: str) -> None:
    asset = s3().get_object(Bucket=properties["AssetBucket"], Key=properties["AssetKey"])
    publish(s3(), bucket=bucket, archive=asset["Body"].read(), config=properties["Config"])
    # The same request, retried, is the same invalidation.
    paths = {"Quantity": 1, "Items": ["/*"]}
    batch: Any = {"Paths": paths, "CallerReference": request_id}
    cloudfront().create_invalidation(DistributionId=properties["DistributionId"], InvalidationBatch=batch)


def _send(url: str, answer: dict[str, str]) -> None:
    body = json.dumps(answer).encode()
    # S3 signed the address without a content type: sending one would break its signature.
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310 -- CloudFormation's own address
        pass
