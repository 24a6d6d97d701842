from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from shared.backups.objects import Change, Version, apply, changes, read_versions

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "p09-test-archive"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def version(name: str, hours: int, *, marker: bool = False, latest: bool = False) -> Version:
    return Version(key="a", id=name, since=NOON + hours * HOUR, marker=marker, latest=latest)


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([version("one", -1, latest=True)], []),
        ([version("one", -1), version("two", 1, latest=True)], [Change(key="a", act="restore", version="one")]),
        ([version("one", -1), version("gone", 1, marker=True, latest=True)], [Change(key="a", act="restore", version="one")]),
        ([version("one", 1, latest=True)], [Change(key="a", act="delete")]),
        ([version("one", -2), version("gone", -1, marker=True), version("two", 1, latest=True)], [Change(key="a", act="delete")]),
        ([version("one", -1), version("gone", 0, marker=True, latest=True)], []),
        ([version("one", -2), version("two", 0), version("x", 1, latest=True)], [Change(key="a", act="restore", version="two")]),
    ],
)  # fmt: skip
def test_an_object_becomes_what_it_was(versions: list[Version], expected: list[Change]) -> None:
    assert changes(versions, NOON) == expected


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        client: S3Client = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


def _now(s3: "S3Client") -> dict[str, bytes]:
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def test_a_prefix_is_restored_and_nothing_else(s3: "S3Client") -> None:
    for key in ("kpi/a", "kpi/b", "other/c"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"then")
    then = max(version.since for version in read_versions(s3, BUCKET, ""))
    later = [
        Version(**{**vars(version), "since": then + HOUR}) if version.latest else version
        for version in _after_damage(s3)
    ]
    for change in changes(later, then):
        apply(s3, BUCKET, change)
    assert _now(s3) == {"kpi/a": b"then", "kpi/b": b"then", "other/c": b"other"}


def _after_damage(s3: "S3Client") -> list[Version]:
    """S3 tells times in whole seconds: what happens in one can't be told apart, so the caller moves it."""
    s3.put_object(Bucket=BUCKET, Key="kpi/a", Body=b"damaged")
    s3.delete_object(Bucket=BUCKET, Key="kpi/b")
    s3.put_object(Bucket=BUCKET, Key="kpi/new", Body=b"new")
    s3.put_object(Bucket=BUCKET, Key="other/c", Body=b"other")
    return list(read_versions(s3, BUCKET, "kpi/"))
