from typing import Any

import pytest

from scripts.aws_gate.policies import Request, allows
from scripts.aws_gate.templates import Stack, Templates

STACK = Stack(name="P09-prod-X", region="eu-west-1", template={"Resources": {}})
TEMPLATES = Templates("prod", {STACK.name: STACK})
REQUEST = Request(
    service="cloudwatch.amazonaws.com", action="sns:Publish", resource="topic",
    context={"aws:sourceaccount": "1", "aws:sourcearn": "arn:aws:cloudwatch:eu-west-1:1:alarm:x"},
)  # fmt: skip
LET_IN = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:*", "Resource": "*"}


def statement(**conditions: Any) -> dict[str, Any]:
    return LET_IN | {"Condition": conditions}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": "1"}},
        {"StringNotEquals": {"aws:SourceAccount": "2"}},
        {"ArnLike": {"AWS:SourceArn": "arn:aws:cloudwatch:*:1:alarm:*"}},
        {"StringEqualsIfExists": {"aws:SourceOrgID": "o-1"}},
        {"Null": {"aws:SourceOrgID": "true"}},
    ],
)
def test_a_condition_that_holds_lets_in(condition: dict[str, Any]) -> None:
    assert allows(TEMPLATES, STACK, {"Statement": [statement(**condition)]}, REQUEST)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": "2"}},
        {"StringEquals": {"aws:SourceOrgID": "o-1"}},
        {"ArnEquals": {"aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:1:alarm:other"}},
        {"Null": {"aws:SourceAccount": "true"}},
    ],
)
def test_a_condition_that_fails_lets_nobody_in(condition: dict[str, Any]) -> None:
    assert not allows(TEMPLATES, STACK, {"Statement": [statement(**condition)]}, REQUEST)


def test_a_deny_wins_over_every_allow() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "topic"}
    assert allows(TEMPLATES, STACK, {"Statement": LET_IN}, REQUEST)
    assert not allows(TEMPLATES, STACK, {"Statement": [LET_IN, deny]}, REQUEST)


def test_nothing_is_allowed_by_no_policy_or_to_another_service() -> None:
    other = LET_IN | {"Principal": {"Service": "backup.amazonaws.com"}}
    assert not allows(TEMPLATES, STACK, None, REQUEST)
    assert not allows(TEMPLATES, STACK, {"Statement": [other]}, REQUEST)
