from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from shared.backups.catalogue import KEY, CataloguedBackups, from_json, to_json
from shared.backups.model import BackupsUnavailable, BackupsUnconfigured, Bucket
from shared.backups.verify import verify
from tests.unit.shared.backups.reports import GOOD, LIMITS, NOW

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "p09-test-archive"


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        client: S3Client = boto3.client("s3", "us-east-1")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


def test_what_was_written_is_what_is_read(s3: "S3Client") -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=to_json(GOOD).encode())
    report = CataloguedBackups(s3, BUCKET, [BUCKET]).report(NOW)
    assert (report.jobs, report.points, report.window, report.snapshots, report.inspection) == (
        GOOD.jobs, GOOD.points, GOOD.window, GOOD.snapshots, GOOD.inspection,
    )  # fmt: skip
    assert report.buckets == (Bucket(name=BUCKET, versioned=True),)
    assert verify(report, LIMITS, NOW).verdict == "passed"


def test_no_catalogue_is_not_configured(s3: "S3Client") -> None:
    with pytest.raises(BackupsUnconfigured, match="nothing takes backups here"):
        CataloguedBackups(s3, BUCKET, [BUCKET]).report(NOW)


def test_a_bucket_that_is_gone_is_named_and_the_catalogue_read_all_the_same(s3: "S3Client") -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=to_json(GOOD).encode())
    report = CataloguedBackups(s3, BUCKET, ["p09-gone"]).report(NOW)
    assert list(report.unread) == ["buckets"]
    assert report.jobs == GOOD.jobs


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"jobs": [{"id": 1}], "points": [], "window": null, "snapshots": []}']
)
def test_a_damaged_catalogue_proves_nothing(text: str) -> None:
    with pytest.raises(BackupsUnavailable, match="no catalogue"):
        from_json(text)
