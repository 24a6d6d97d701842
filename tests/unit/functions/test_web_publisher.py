from __future__ import annotations

import importlib
import io
import zipfile
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from functions.web_publisher.publish import KEPT, cache_control, content_type, publish
from shared.platform.aws import s3 as product_s3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mypy_boto3_s3.client import S3Client

WEB = "web-bucket"
ASSETS = "assets-bucket"
FILES = {
    "index.html": b"<!doctype html>",
    "assets/index-B1a2.js": b"let a;",
    "js/script.js": b"let t;",
}
CONFIG = '{"stage": "test", "demo_people": false}'
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class MemoryBucket:
    """What is in the bucket, and in which order it was written. `broken` at a key, it ends there as a killed run does."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.kinds: dict[str, tuple[str, str]] = {}
        self.written: list[str] = []
        self.broken = ""

    def etags(self) -> dict[str, str]:
        return {key: md5(content, usedforsecurity=False).hexdigest() for key, content in self.objects.items()}

    def get(self, key: str) -> bytes:
        return self.objects[key]

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        if key == self.broken:
            raise ConnectionError(key)
        self.objects[key] = content
        self.kinds[key] = (content_type, cache_control)
        self.written.append(key)

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            del self.objects[key]

    @property
    def files(self) -> set[str]:
        """Without the publisher's own list."""
        return set(self.objects) - {"outdated.json"}


@pytest.fixture
def bucket() -> MemoryBucket:
    return MemoryBucket()


def release(bucket: MemoryBucket, now: datetime, *assets: str) -> list[str]:
    """Publish a console of these assets; returns the keys in the order in which they were published."""
    files = {"index.html": " ".join(assets).encode()} | {f"assets/{name}": name.encode() for name in assets}
    return publish(bucket, archive=_archive(files), config=CONFIG, now=now)


def test_the_first_release_is_the_build_and_its_configuration(bucket: MemoryBucket) -> None:
    publish(bucket, archive=_archive(FILES), config=CONFIG, now=NOW)
    outdated = {"outdated.json": b"{}"}
    assert bucket.objects == FILES | {"config.json": CONFIG.encode()} | outdated


def test_files_of_an_earlier_release_stay_for_a_week_after_it_was_replaced(bucket: MemoryBucket) -> None:
    # The first release was current for a month: the week begins when it is replaced.
    release(bucket, NOW - 30 * DAY, "a.js")
    release(bucket, NOW, "b.js")
    release(bucket, NOW + KEPT, "c.js")
    assert bucket.files == {"index.html", "config.json", "assets/a.js", "assets/b.js", "assets/c.js"}
    release(bucket, NOW + KEPT + SECOND, "c.js")
    assert bucket.files == {"index.html", "config.json", "assets/b.js", "assets/c.js"}
    release(bucket, NOW + 2 * KEPT + SECOND, "c.js")
    assert bucket.files == {"index.html", "config.json", "assets/c.js"}


def test_the_same_release_published_again_does_not_begin_the_week_again(bucket: MemoryBucket) -> None:
    release(bucket, NOW, "a.js")
    for day in range(1, 9):
        release(bucket, NOW + day * DAY, "b.js")
        assert "assets/a.js" in bucket.files
    release(bucket, NOW + 8 * DAY + SECOND, "b.js")
    assert "assets/a.js" not in bucket.files


def test_a_file_that_comes_back_is_current_again_and_its_week_is_forgotten(bucket: MemoryBucket) -> None:
    release(bucket, NOW, "a.js")
    release(bucket, NOW + DAY, "b.js")
    release(bucket, NOW + 2 * DAY, "a.js")  # rolled back
    release(bucket, NOW + 20 * DAY, "a.js")
    assert bucket.files == {"index.html", "config.json", "assets/a.js"}
    release(bucket, NOW + 21 * DAY, "c.js")
    assert "assets/a.js" in bucket.files


def test_files_that_an_older_publisher_left_stay_for_a_week_from_now_on(bucket: MemoryBucket) -> None:
    bucket.objects["assets/index-of-last-year.js"] = b""
    release(bucket, NOW, "a.js")
    release(bucket, NOW + KEPT, "a.js")
    assert "assets/index-of-last-year.js" in bucket.files
    release(bucket, NOW + KEPT + SECOND, "a.js")
    assert "assets/index-of-last-year.js" not in bucket.files


@pytest.mark.parametrize("broken", ["assets/b.js", "config.json", "index.html", "outdated.json"])
def test_a_run_that_breaks_off_anywhere_leaves_a_console_that_is_whole_and_is_repeated(
    bucket: MemoryBucket, broken: str
) -> None:
    release(bucket, NOW, "a.js")
    bucket.broken = broken
    with pytest.raises(ConnectionError):
        release(bucket, NOW + DAY, "b.js")
    assert {f"assets/{name}" for name in bucket.objects["index.html"].decode().split()} <= bucket.files
    assert "assets/a.js" in bucket.files

    bucket.broken = ""
    release(bucket, NOW + 2 * DAY, "b.js")
    assert bucket.files == {"index.html", "config.json", "assets/a.js", "assets/b.js"}
    release(bucket, NOW + 2 * DAY + KEPT + SECOND, "b.js")
    assert bucket.files == {"index.html", "config.json", "assets/b.js"}


def test_pages_come_after_the_files_that_they_name_and_index_html_after_all_others(bucket: MemoryBucket) -> None:
    archive = _archive({"a.html": b"", "index.html": b"", "z.html": b"", "z.js": b""})
    published = publish(bucket, archive=archive, config="{}", now=NOW)
    assert published == ["config.json", "z.js", "a.html", "z.html", "index.html"]
    assert bucket.written == [*published, "outdated.json"]


def test_files_have_types_and_lifetimes(bucket: MemoryBucket) -> None:
    publish(bucket, archive=_archive(FILES), config=CONFIG, now=NOW)
    assert bucket.kinds == {
        "index.html": ("text/html; charset=utf-8", "no-cache"),
        "assets/index-B1a2.js": ("text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        "js/script.js": ("text/javascript; charset=utf-8", "public, max-age=86400, must-revalidate"),
        "config.json": ("application/json", "no-cache"),
        "outdated.json": ("application/json", "no-cache"),
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
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    product_s3.client.cache_clear()
    with mock_aws():
        client: S3Client = boto3.client("s3")
        for bucket in (WEB, ASSETS):
            client.create_bucket(Bucket=bucket)
        yield client
    product_s3.client.cache_clear()


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
    assert _contents(s3) == FILES | {"config.json": CONFIG.encode(), "outdated.json": b"{}"}
    assert function.answer.physical_ids == [WEB]


def test_the_next_deploy_keeps_the_files_of_the_last_one(function: Any, s3: S3Client) -> None:
    for files in (FILES, {"index.html": b"", "assets/index-C3d4.js": b"let b;"}):
        s3.put_object(Bucket=ASSETS, Key="console.zip", Body=_archive(files))
        with Stubber(function.cloudfront()) as cloudfront:
            cloudfront.add_response("create_invalidation", {})
            function.handler(_event("Update"), None)
    kept = {"assets/index-B1a2.js", "assets/index-C3d4.js", "js/script.js"}
    assert set(_contents(s3)) == {"index.html", "config.json", "outdated.json"} | kept


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
