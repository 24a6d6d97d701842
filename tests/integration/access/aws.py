"""The operations table in moto, behind the port that signed calls go through in AWS."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError
from moto import mock_aws

from shared.platform.aws.dynamodb import Table
from shared.platform.aws.signed import AwsRefused

NAME = "p09-test-operations"
REGION = "us-east-1"


@contextmanager
def operations_table(monkeypatch: Any) -> Iterator[Table]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        client = boto3.client("dynamodb", REGION)
        client.create_table(
            TableName=NAME,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )

        def act(operation: str, body: dict[str, Any]) -> dict[str, Any]:
            try:
                found: dict[str, Any] = getattr(client, xform_name(operation))(**body)
            except ClientError as error:
                raise AwsRefused(json.dumps(error.response, default=str), error.response["Error"]["Code"]) from error
            return found

        yield Table(act, NAME)
