from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from shared.platform.aws import s3
from shared.platform.aws.bucket import Bucket, NotRemoved

NAME = "console"
LIFETIME = {"content_type": "text/plain", "cache_control": "no-cache"}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3.client.cache_clear()
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket=NAME)
        yield Bucket(NAME)
    s3.client.cache_clear()


def test_what_was_put_is_listed_read_and_removed(bucket: Bucket) -> None:
    bucket.put("a", b"1", **LIFETIME)
    bucket.put("b", b"2", **LIFETIME)
    assert bucket.get("b") == b"2"
    bucket.remove(["a"])
    assert list(bucket.etags()) == ["b"]


def test_more_objects_than_one_page_and_one_delete_hold_are_listed_and_removed(bucket: Bucket) -> None:
    stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]  # a thousand requests would be nearly all of this test
    for number in range(1001):
        stored.put_object(NAME, f"old/{number}", b"")
    assert len(bucket.etags()) == 1001
    bucket.remove(bucket.etags())
    assert bucket.etags() == {}


def test_an_object_that_s3_does_not_remove_is_an_error(bucket: Bucket) -> None:
    with Stubber(s3.client()) as stubbed:
        stubbed.add_response("delete_objects", {"Errors": [{"Key": "a", "Code": "AccessDenied"}]})
        with pytest.raises(NotRemoved, match="1 objects stay in console"):
            bucket.remove(["a"])
