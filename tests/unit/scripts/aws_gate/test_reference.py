import pytest

from scripts.aws_gate.reference import load, patterns_meet


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("cluster:p09-*", "cluster:*", True),
        ("cluster-pg:p09", "cluster:*", False),
        ("log-group:/aws/lambda/x:*", "log-group:*:log-stream:*", True),
        ("*", "anything", True),
        ("a*c", "ab*", True),
        ("a*c", "b*", False),
        ("", "*", True),
        ("a?c", "abc", True),
    ],
)
def test_two_patterns_meet_if_some_text_matches_both(one: str, other: str, *, meet: bool) -> None:
    assert patterns_meet(one, other) is meet
    assert patterns_meet(other, one) is meet


def test_the_reference_says_what_an_action_always_needs() -> None:
    types = load().resource_types("rds:RestoreDBClusterToPointInTime")
    assert {name for name, required in types.items() if required} == {"cluster", "cluster-pg", "og", "subgrp"}


def test_some_actions_know_no_resource_and_some_do_not_exist() -> None:
    assert load().resource_types("states:SendTaskSuccess") == {}
    assert load().action("secretsmanager:ReadSecret") is None


@pytest.mark.parametrize(
    ("arn", "is_cluster"),
    [
        ("arn:aws:rds:eu-west-1:111122223333:cluster:p09-*", True),
        ("arn:aws:rds:eu-west-1:111122223333:db:p09-*", False),
        ("arn:aws:rds:*:*:*", True),
        ("arn:aws:s3:::p09", False),
        ("*", True),
    ],
)
def test_an_arn_is_of_a_type_by_its_form(arn: str, *, is_cluster: bool) -> None:
    assert load().covers("rds:ModifyDBCluster", "cluster", arn) is is_cluster
