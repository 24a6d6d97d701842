"""A DynamoDB table without boto3: items of strings and whole numbers, by key, by range, in transactions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from shared.platform.aws.signed import AwsRefused, AwsSettings, AwsUnavailable, call

Value = str | int
Item = Mapping[str, Value]
PrimaryKey = tuple[str, str]
Call = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Calls an operation of DynamoDB by its name, such as ``GetItem``."""

_KEYS_PER_READ: Final = 100
_READS: Final = 8
_CANCELLED: Final = "TransactionCanceledException"
_OVERTAKEN: Final = ("ConditionalCheckFailed", "TransactionConflict")


class Overtaken(Exception):
    """A condition did not hold: somebody else has written meanwhile. Nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Put:
    """Write an item whole. With ``expect``, only if its stored attributes are these; None means that it has no such one."""

    item: Item
    expect: Mapping[str, Value | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Set:
    """Set attributes of an item that exists."""

    key: PrimaryKey
    attributes: Item


@dataclass(frozen=True, kw_only=True)
class Delete:
    key: PrimaryKey


Write = Put | Set | Delete


def signed_call(settings: Callable[[], AwsSettings]) -> Call:
    """Calls with the function's own credentials."""

    def act(operation: str, body: dict[str, Any]) -> dict[str, Any]:
        return call(settings(), "dynamodb", f"DynamoDB_20120810.{operation}", body, json_version="1.0")

    return act


class Table:
    """Keys are the strings ``pk`` and ``sk``. Every read is consistent. Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, act: Call, name: str) -> None:
        self._call = act
        self._name = name

    def get(self, pk: str, sk: str) -> dict[str, Value] | None:
        body = {"TableName": self._name, "Key": _key((pk, sk)), "ConsistentRead": True}
        found = self._call("GetItem", body).get("Item")
        return _plain(found) if found else None

    def get_many(self, keys: Iterable[PrimaryKey]) -> dict[PrimaryKey, dict[str, Value]]:
        """Those of the items that exist."""
        items: dict[PrimaryKey, dict[str, Value]] = {}
        remaining = iter(sorted(set(keys)))
        while batch := list(islice(remaining, _KEYS_PER_READ)):
            for item in self._read([_key(key) for key in batch]):
                items[str(item["pk"]), str(item["sk"])] = item
        return items

    def query(
        self,
        pk: str,
        *,
        between: tuple[str, str] | None = None,
        before: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[dict[str, Value]]:
        """Items of a partition by sort key, ``between`` both ends included, or ``before`` one; all of them by default."""
        body: dict[str, Any] = {"TableName": self._name, "ConsistentRead": True, "ScanIndexForward": not newest_first}
        body |= _condition(pk, between, before)
        found: list[dict[str, Value]] = []
        while True:
            if limit is not None:
                body["Limit"] = limit - len(found)
            answer = self._call("Query", body)
            found += map(_plain, answer["Items"])
            if "LastEvaluatedKey" not in answer or (limit is not None and len(found) >= limit):
                return found
            body["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def write(self, writes: Sequence[Write]) -> None:
        """All of them or none; those with conditions come first. Raises ``Overtaken`` when a condition does not hold."""
        body = {"TransactItems": [self._write(write) for write in writes]}
        try:
            self._call("TransactWriteItems", body)
        except AwsRefused as error:
            if error.code == _CANCELLED and any(reason in str(error) for reason in _OVERTAKEN):
                raise Overtaken(str(error)) from error
            raise

    def _read(self, keys: list[dict[str, Any]]) -> Iterator[dict[str, Value]]:
        wanted: dict[str, Any] = {self._name: {"Keys": keys, "ConsistentRead": True}}
        for _ in range(_READS):
            answer = self._call("BatchGetItem", {"RequestItems": wanted})
            yield from map(_plain, answer["Responses"].get(self._name, ()))
            wanted = answer.get("UnprocessedKeys", {})
            if not wanted:
                return
        raise AwsUnavailable(f"DynamoDB left keys of {self._name} unread {_READS} times")

    def _write(self, write: Write) -> dict[str, Any]:
        table = {"TableName": self._name}
        match write:
            case Put():
                return {"Put": table | {"Item": _attributes(write.item)} | _expectation(write.expect)}
            case Delete():
                return {"Delete": table | {"Key": _key(write.key)}}
            case Set():
                names = {f"#{n}": name for n, name in enumerate(write.attributes)}
                values = {f":{n}": _attribute(value) for n, value in enumerate(write.attributes.values())}
                return {
                    "Update": table
                    | {
                        "Key": _key(write.key),
                        "UpdateExpression": "SET " + ", ".join(f"#{n} = :{n}" for n in range(len(names))),
                        "ConditionExpression": "attribute_exists(pk)",
                        "ExpressionAttributeNames": names,
                        "ExpressionAttributeValues": values,
                    }
                }


def from_stream(event: Mapping[str, Any]) -> list[dict[str, Value]]:
    """The items that a batch of the table's stream says were written."""
    images = (record["dynamodb"].get("NewImage") for record in event["Records"])
    return [_plain(image) for image in images if image]


def _condition(pk: str, between: tuple[str, str] | None, before: str | None) -> dict[str, Any]:
    expression, values = "pk = :pk", {":pk": _attribute(pk)}
    if between:
        expression += " AND sk BETWEEN :first AND :last"
        values |= {":first": _attribute(between[0]), ":last": _attribute(between[1])}
    elif before is not None:
        expression += " AND sk < :before"
        values |= {":before": _attribute(before)}
    return {"KeyConditionExpression": expression, "ExpressionAttributeValues": values}


def _expectation(expect: Mapping[str, Value | None]) -> dict[str, Any]:
    if not expect:
        return {}
    tests, names, values = [], {}, {}
    for n, (name, value) in enumerate(expect.items()):
        names[f"#{n}"] = name
        tests.append(f"attribute_not_exists(#{n})" if value is None else f"#{n} = :{n}")
        if value is not None:
            values[f":{n}"] = _attribute(value)
    found: dict[str, Any] = {"ConditionExpression": " AND ".join(tests), "ExpressionAttributeNames": names}
    return found | ({"ExpressionAttributeValues": values} if values else {})


def _key(key: PrimaryKey) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _attributes(item: Item) -> dict[str, Any]:
    return {name: _attribute(value) for name, value in item.items()}


def _attribute(value: Value) -> dict[str, str | bool]:
    if isinstance(value, bool):  # which is an int, too
        return {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def _plain(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Value]:
    return {name: _value(attribute) for name, attribute in item.items()}


def _value(attribute: Mapping[str, Any]) -> Value:
    [(kind, value)] = attribute.items()
    return int(value) if kind == "N" else value
