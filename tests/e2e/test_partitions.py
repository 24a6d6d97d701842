"""What a function's role may write to the operations table, asked of the local AWS with that role's own policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.state import REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.local_system import LocalSystem

TABLE = "p09-local-operations"
FUNCTION = "p09-local-missed-runs"
TRUST = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


@pytest.fixture
def table(system: LocalSystem) -> Iterator[Any]:
    """DynamoDB by a role of the test's own, to which the function's policy is attached."""
    iam = system.aws("iam")
    role = system.aws("lambda").get_function_configuration(FunctionName=FUNCTION)["Role"].rpartition("/")[2]
    (policy,) = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    name = "as-missed-runs"
    made = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    )
    iam.attach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    found = system.aws("sts").assume_role(RoleArn=made["Role"]["Arn"], RoleSessionName="test")["Credentials"]
    session = boto3.Session(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], region_name=REGION)
    yield session.client("dynamodb", endpoint_url=str(system.facts["aws_endpoint"]))
    system.aws("dynamodb").delete_item(TableName=TABLE, Key=item("run#tried"))
    iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=name)


def item(partition: str) -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": "tried"}}


def test_a_function_writes_to_its_own_partitions_and_to_no_other(table: Any) -> None:
    table.put_item(TableName=TABLE, Item=item("run#tried"))
    for foreign in ("change", "evidence", "drill-token"):
        with pytest.raises(ClientError, match="dynamodb:PutItem"):
            table.put_item(TableName=TABLE, Item=item(foreign))


def test_a_transaction_with_one_foreign_write_comes_to_nothing(table: Any) -> None:
    writes = [{"Put": {"TableName": TABLE, "Item": item(partition)}} for partition in ("run#tried", "change")]
    with pytest.raises(ClientError, match="dynamodb:PutItem"):
        table.transact_write_items(TransactItems=writes)
    assert "Item" not in table.get_item(TableName=TABLE, Key=item("change"))
    assert "Item" not in table.get_item(TableName=TABLE, Key=item("run#tried"))


def test_reading_is_free(table: Any) -> None:
    assert "Item" not in table.get_item(TableName=TABLE, Key=item("change"))
