import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import boto3
import pytest

from shared.events.event import Event
from shared.platform.aws.bus import put_event
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.moments import stamp
from shared.platform.outbox import waiting
from shared.platform.settings import aws_settings
from shared.runbook.run import Finding, Verdict
from shared.runbook.store import RunStore
from tests.integration.aws import BUCKET, BUS, REGION, TABLE, Aws, Invocation, aws_in_memory

KEY = "alias/p09-test-evidence"


class System:
    """The functions of the runbook as Lambda runs them, on one table, one bus, one archive."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.table = Table(signed_call(aws_settings), TABLE)
        self.runs = RunStore(self.table)

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        handler = importlib.import_module(f"functions.{function}.handler").handler
        report: dict[str, Any] = handler(event, Invocation())
        return report

    def at(self, function: str, moment: datetime) -> dict[str, Any]:
        """As its schedule does."""
        return self.invoke(function, {"task": function, "scheduled_time": stamp(moment)})

    def stream(self) -> dict[str, Any]:
        """What the table's stream brings of the outbox now."""
        key = {":pk": {"S": "outbox"}}
        query = {"TableName": TABLE, "KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": key}
        items = self.aws.client("dynamodb").query(**query)["Items"]
        return {"Records": [{"eventName": "INSERT", "dynamodb": {"NewImage": item}} for item in items]}

    def sent(self) -> list[str]:
        return [json.loads(entry["Detail"])["id"] for entry in self.aws.sent]

    def left(self) -> list[str]:
        return [str(json.loads(str(item["detail"]))["id"]) for item in waiting(self.table)]

    @staticmethod
    def send(event: Event) -> None:
        put_event(aws_settings, BUS, source=event.source, detail_type=event.detail_type, detail=event.detail)


def found(verdict: Verdict = Verdict.PASSED) -> Finding:
    return Finding(verdict=verdict, why="31% used.", measured={"used": 0.31}, thresholds={"below": 0.7})


@contextmanager
def recording() -> Iterator[System]:
    own = {"ARCHIVE_BUCKET_NAME": BUCKET, "EVIDENCE_KEY_ARN": KEY}
    with pytest.MonkeyPatch.context() as patch, aws_in_memory(patch, **own) as aws:
        kms = boto3.client("kms", REGION)
        key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=KEY, TargetKeyId=key)
        yield System(aws)


@pytest.fixture
def system() -> Iterator[System]:
    with recording() as found:
        yield found
