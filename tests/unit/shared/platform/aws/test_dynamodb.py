from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from shared.platform.aws.dynamodb import Delete, Item, Overtaken, Put, Set, Table
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from tests.boto_calls import boto_call

ITEM = {"pk": {"S": "kpi"}, "sk": {"S": "state"}, "version": {"N": "3"}, "played": {"BOOL": False}}
PLAIN: Item = {"pk": "kpi", "sk": "state", "version": 3, "played": False}


class Answers:
    """Answers calls in their order, and keeps what was asked."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((operation, dict(body)))
        return self.answers.pop(0)


def test_requests_are_those_that_dynamodb_knows() -> None:
    client = boto3.client("dynamodb", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    table = Table(boto_call(client), "operations")
    with Stubber(client) as stub:
        stub.add_response("get_item", {"Item": ITEM})
        assert table.get("kpi", "state") == PLAIN
        stub.add_response("batch_get_item", {"Responses": {"operations": [ITEM]}, "UnprocessedKeys": {}})
        assert table.get_many([("kpi", "state"), ("kpi", "latest")]) == {("kpi", "state"): PLAIN}
        stub.add_response("query", {"Items": [ITEM]})
        assert table.query("kpi", between=("a", "z")) == [PLAIN]
        stub.add_response("query", {"Items": []})
        assert table.query("kpi", before="z", newest_first=True, limit=3) == []
        stub.add_response("transact_write_items", {})
        table.write([
            Put(item=PLAIN, expect={"version": 2, "gone": None}), Set(key=("a", "b"), attributes={"sent_at": "x"}),
            Delete(key=("c", "d")),
        ])  # fmt: skip
        stub.assert_no_pending_responses()


def test_more_keys_than_one_read_takes_are_read_in_several_and_what_was_left_is_asked_again() -> None:
    left = {"operations": {"Keys": [{"pk": {"S": "kpi"}, "sk": {"S": "state"}}]}}
    answers = Answers(
        {"Responses": {"operations": []}, "UnprocessedKeys": left},
        {"Responses": {"operations": [ITEM]}},
        {"Responses": {"operations": []}},
    )
    found = Table(answers, "operations").get_many(("kpi", f"{n:03}") for n in range(150))
    assert list(found) == [("kpi", "state")]
    sizes = [len(body["RequestItems"]["operations"]["Keys"]) for _, body in answers.asked]
    assert sizes == [100, 1, 50]


def test_keys_that_stay_unread_are_an_outage_and_not_missing() -> None:
    left: dict[str, Any] = {"operations": {"Keys": [{}]}}
    answers = Answers(*[{"Responses": {"operations": []}, "UnprocessedKeys": left}] * 10)
    with pytest.raises(AwsUnavailable, match="unread"):
        Table(answers, "operations").get_many([("kpi", "state")])


def test_a_partition_is_read_to_its_end_or_to_the_limit() -> None:
    page = {"Items": [ITEM, ITEM], "LastEvaluatedKey": {"pk": {"S": "kpi"}}}
    assert len(Table(Answers(page, page, {"Items": [ITEM]}), "operations").query("kpi")) == 5
    answers = Answers(page, page)
    assert len(Table(answers, "operations").query("kpi", limit=4)) == 4
    assert [body["Limit"] for _, body in answers.asked] == [4, 2]


@pytest.mark.parametrize(
    ("code", "reason", "raised"),
    [
        ("TransactionCanceledException", "[ConditionalCheckFailed, None]", Overtaken),
        ("TransactionCanceledException", "[TransactionConflict]", Overtaken),
        ("TransactionCanceledException", "[ValidationError]", AwsRefused),
        ("AccessDeniedException", "role p09 may not dynamodb:PutItem", AwsRefused),
    ],
)
def test_only_a_condition_that_failed_says_that_somebody_was_faster(
    code: str, reason: str, raised: type[Exception]
) -> None:
    def refuse(_operation: str, _body: dict[str, Any]) -> dict[str, Any]:
        raise AwsRefused(reason, code)

    with pytest.raises(raised):
        Table(refuse, "operations").write([Delete(key=("a", "b"))])
