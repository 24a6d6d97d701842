"""What moto does over and over although nothing needs it: nearly all the time of the tests that write to its tables."""

import copy
from collections import defaultdict
from typing import Any

from moto.core.config import default_user_config
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

_cast_value: Any = vars(DynamoType)["cast_value"]
_get_value = ResponseSerializer.get_value
_update_item = DynamoDBBackend.update_item


def hasten_moto() -> None:
    """For the rest of the process. Done again it is the same."""
    # boto3's session holds the descriptions of services: megabytes of JSON, which moto has it read anew in each test.
    default_user_config["core"]["reset_boto3_session"] = False
    replaced: list[tuple[type, str, Any]] = [
        # Each transaction copies the whole table, value by value, as a way back. Items may be shared with the copy, if
        # only an update, which writes into its item, does so into a copy of it.
        (Table, "__deepcopy__", _copy_table),
        (DynamoDBBackend, "update_item", _update_a_copy),
        # Keys are strings: hashed, compared and sorted without asking first for each other type whether they are of it.
        (DynamoType, "cast_value", property(_value_of)),
        # An attribute is of one type: the nine others are not looked for under four names each.
        (ResponseSerializer, "get_value", _value_in_answer),
    ]
    for owner, name, quicker in replaced:
        setattr(owner, name, quicker)


def _copy_table(table: Table, _memo: dict[int, Any]) -> Table:
    copied = copy.copy(table)
    copied.items = defaultdict(dict, {key: dict(items) for key, items in table.items.items()})
    return copied


def _update_a_copy(backend: DynamoDBBackend, table_name: str, key: dict[str, Any], *rest: Any, **others: Any) -> Item:
    table = backend.get_table(table_name)
    sort_key = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
    if item := table.get_item(DynamoType(key[table.hash_key_attr]), sort_key):
        table.items[item.hash_key][item.range_key] = _copy_item(item)
    return _update_item(backend, table_name, key, *rest, **others)


def _copy_item(item: Item) -> Item:
    attributes = LimitedSizeDict()
    dict.update(attributes, item.attrs)  # not item by item, which measures them all again
    copied = Item(item.hash_key, item.range_key, {})
    copied.attrs = attributes
    return copied


def _value_of(value: DynamoType) -> Any:
    return value.value if value.type == "S" else _cast_value.fget(value)


def _value_in_answer(serializer: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
    if isinstance(value, dict) and getattr(getattr(shape, "parent", None), "name", "") == "AttributeValue":
        return value.get(key)
    return _get_value(serializer, value, key, shape)
