import importlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from moto import mock_aws

from shared.platform.aws import signed
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings
from tests.integration.aws import REGION, TABLE, Aws, make_resources

BUCKET = "p09-test-status"


class Publisher:
    """The function as Lambda runs it, on a clock of its own."""

    def __init__(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = aws
        self.table = Table(signed_call(aws_settings), TABLE)
        self._handler = importlib.import_module("functions.status_publisher.handler")
        self._monkeypatch = monkeypatch

    def run(self, at: datetime, event: dict[str, Any] | None = None) -> dict[str, Any]:
        self._monkeypatch.setattr(self._handler, "_now", lambda: at)
        report: dict[str, Any] = self._handler.handler(event or {"task": "status_publisher"}, None)
        return report

    def read(self, path: str) -> bytes:
        found: bytes = self.aws.client("s3").get_object(Bucket=BUCKET, Key=path)["Body"].read()
        return found

    def files(self) -> dict[str, bytes]:
        found = self.aws.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {one["Key"]: self.read(one["Key"]) for one in found}


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    environment = {
        "STAGE": "test", "OPERATIONS_TABLE_NAME": TABLE, "STATUS_BUCKET_NAME": BUCKET,
        "STATUS_URL": "https://status.example.com", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION,
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    importlib.import_module("shared.platform.aws.s3").client.cache_clear()
    with mock_aws():
        aws = Aws()
        make_resources(aws)
        aws.client("s3").create_bucket(Bucket=BUCKET)
        monkeypatch.setattr(signed, "_post", aws.post)
        yield Publisher(aws, monkeypatch)
