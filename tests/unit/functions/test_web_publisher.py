from __future__ import annotations

import importlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from functions.web_publisher.publish import cache_control, content_type, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3.client import S3Client

WEB = "web-bucket"
ASSETS = "assets-bucket"
FILES = {
    "index.html": b"<!doctype html>",
    "assets/index-B1a2.js": b"let a;",
    "js/script.js": b"let t;",
}
CONFIG = '{"stage": "test", "demo_people": false}'


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client: S3Client = boto3.client("s3")
        for bucket in (WEB, ASSETS):
            client.create_bucket(Bucket=bucket)
        yield client


def test_the_bucket_holds_exactly_the_build_and_its_configuration(s3: S3Client) -> None:
    s3.put_object(Bucket=WEB, Key="assets/index-of-last-year.js", Body=b"")

    publish(s3, bucket=WEB, archive=_archive(FILES), config=CONFIG)

    assert _contents(s3) == FILES | {"config.json": CONFIG.encode()}


def test_more_files_than_one_page_and_one_delete_hold_are_removed(s3: S3Client) -> None:
    stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]  # a thousand requests would be nearly all of this test
    for number in range(1001):
        stored.put_object(WEB, f"old/{number}", b"")
    assert s3.list_objects_v2(Bucket=WEB)["IsTruncated"]

    publish(s3, bucket=WEB, archive=_archive({"index.html": b""}), config="{}")

    assert set(_contents(s3)) == {"index.html", "config.json"}


def test_pages_come_after_the_files_that_they_name(s3: S3Client) -> None:
    archive = _archive({"a.html": b"", "index.html": b"", "z.js": b""})
    published = publish(s3, bucket=WEB, archive=archive, config="{}")
    assert published == ["z.js", "a.html", "index.html", "config.json"]


def test_files_have_types_and_lifetimes(s3: S3Client) -> None:
    publish(s3, bucket=WEB, archive=_archive(FILES), config=CONFIG)
    heads = {key: s3.head_object(Bucket=WEB, Key=key) for key in (*FILES, "config.json")}
    assert {key: (head["ContentType"], head["CacheControl"]) for key, head in heads.items()} == {
        "index.html": ("text/html; charset=utf-8", "no-cache"),
        "assets/index-B1a2.js": ("text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        "js/script.js": ("text/javascript; charset=utf-8", "public, max-age=3600"),
        "config.json": ("application/json", "no-cache"),
    }


@pytest.mark.parametrize(
    ("key", "expected"),
    [("a/b.woff2", "font/woff2"), ("icon.svg", "image/svg+xml"), ("what.is-this", "application/octet-stream")],
)
def test_types_are_told_by_suffix(key: str, expected: str) -> None:
    assert content_type(key) == expected


def test_only_hashed_names_are_kept_for_ever() -> None:
    assert "immutable" in cache_control("assets/x-1a2b.css")
    assert "immutable" not in cache_control("favicon.svg")


class Answers:
    """Carries out what CloudFormation asks for and keeps the name, without the network."""

    def __init__(self) -> None:
        self.physical_ids: list[str] = []

    def __call__(self, _event: dict[str, Any], *, physical_id: str, act: Callable[[], object]) -> None:
        self.physical_ids.append(physical_id)
        act()


@pytest.fixture
def function(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("STAGE", "test")
    monkeypatch.setenv("WEB_BUCKET_NAME", WEB)
    module = importlib.reload(importlib.import_module("functions.web_publisher.handler"))
    monkeypatch.setattr(module, "answer", Answers())
    s3.put_object(Bucket=ASSETS, Key="console.zip", Body=_archive(FILES))
    return module


def test_a_deploy_publishes_and_makes_cloudfront_forget(function: Any, s3: S3Client) -> None:
    with Stubber(function.cloudfront()) as cloudfront:
        batch = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "request-1"}
        expected = {"DistributionId": "E123", "InvalidationBatch": batch}
        cloudfront.add_response("create_invalidation", {}, expected)
        function.handler(_event("Update"), None)
        cloudfront.assert_no_pending_responses()
    assert set(_contents(s3)) == {*FILES, "config.json"}
    assert function.answer.physical_ids == [WEB]


def test_deleting_the_stack_leaves_the_bucket_as_it_is(function: Any, s3: S3Client) -> None:
    s3.put_object(Bucket=WEB, Key="index.html", Body=b"")
    function.handler(_event("Delete"), None)
    assert set(_contents(s3)) == {"index.html"}
    assert function.answer.physical_ids == [WEB]


def test_an_asset_that_is_missing_fails_the_deploy(function: Any) -> None:
    event = _event("Create")
    event["ResourceProperties"]["AssetKey"] = "nothing.zip"
    with pytest.raises(ClientError, match="NoSuchKey"):
        function.handler(event, None)


def _event(request_type: str) -> dict[str, Any]:
    properties = {"AssetBucket": ASSETS, "AssetKey": "console.zip", "Config": CONFIG, "DistributionId": "E123"}
    return {"RequestType": request_type, "RequestId": "request-1", "ResourceProperties": properties}


def _archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.mkdir("assets")
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _contents(s3: S3Client) -> dict[str, bytes]:
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=WEB).get("Contents", [])]
    return {key: s3.get_object(Bucket=WEB, Key=key)["Body"].read() for key in keys}
