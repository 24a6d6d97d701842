from dataclasses import replace
from uuid import UUID

import pytest

from shared.collection.entry import FORMAT, BadEntry, Entry, decode, encode
from shared.collection.rows import DEFAULT_MORE, MORE_COLUMNS

ENTRY = Entry(site_id=7, organisation=UUID(int=1), events=1, rows=b"7\t1\n", more=b"\\N\ten-GB\n", request_id="r")


def sent(entry: Entry) -> list[bytes]:
    return [part if isinstance(part, bytes) else part.encode() for part in encode(entry)]


@pytest.mark.parametrize("entry", [ENTRY, replace(ENTRY, more=b"")])
def test_an_entry_that_is_read_is_the_one_that_was_written(entry: Entry) -> None:
    assert decode(sent(entry)) == entry


def test_further_columns_are_a_field_apart_in_the_format_that_the_release_before_reads() -> None:
    fields = dict(zip(*[iter(sent(ENTRY))] * 2, strict=True))
    assert fields[b"format"] == FORMAT == b"1"
    without = [part for name, value in fields.items() if name != b"more" for part in (name, value)]
    assert decode(without) == replace(ENTRY, more=b"")


def test_further_columns_that_can_not_be_unpacked_are_told() -> None:
    fields = sent(ENTRY)
    fields[fields.index(b"more") + 1] = b"no zlib"
    with pytest.raises(BadEntry):
        decode(fields)


def test_the_defaults_have_a_value_for_each_further_column() -> None:
    values = dict(zip(MORE_COLUMNS, DEFAULT_MORE.removesuffix(b"\n").split(b"\t"), strict=True))
    assert {name: value for name, value in values.items() if value} == {
        "user_agent": b"\\N", "interactive": b"t", "engaged": b"\\N", "scroll": b"\\N", "amount": b"\\N",
    }  # fmt: skip
