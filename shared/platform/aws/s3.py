"""Objects in S3, for functions that write some now and then: boto3 is imported when the first one is written."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def put_object(bucket: str, key: str, content: bytes, content_type: str) -> None:
    """Raises botocore's errors."""
    client().put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type)


def get_object(bucket: str, key: str) -> bytes:
    """Raises botocore's errors."""
    return client().get_object(Bucket=bucket, Key=key)["Body"].read()


def keys(bucket: str, prefix: str, *, after: str = "") -> list[str]:
    """Names of objects in their order, those after one. Raises botocore's errors."""
    pages = client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, StartAfter=after)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


@cache
def client() -> "S3Client":
    import boto3

    made: S3Client = boto3.client("s3")
    return made
