"""Moto copies a whole table before each transaction, value by value: nearly all the time of tests that write often."""

import copy
from collections import defaultdict
from typing import Any

from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table


def copy_tables_by_item() -> None:
    """From now on a transaction's way back shares keys and values, which moto replaces and never changes.

    That holds for strings and numbers, and nothing else is in our items.
    """
    setattr(Table, "__deepcopy__", _copy_table)  # noqa: B010 -- moto declares no such method


def _copy_table(table: Table, _memo: dict[int, Any]) -> Table:
    copied = copy.copy(table)
    copied.items = defaultdict(dict)
    for key, items in table.items.items():
        copied.items[key] = {sort_key: _copy_item(item) for sort_key, item in items.items()}
    return copied


def _copy_item(item: Item) -> Item:
    attributes = LimitedSizeDict()
    dict.update(attributes, item.attrs)  # not item by item, which measures them all again
    copied = Item(item.hash_key, item.range_key, {})
    copied.attrs = attributes
    return copied
