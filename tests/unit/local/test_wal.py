import pytest

from local.backups.wal import following, is_segment, segment_of, unbroken


@pytest.mark.parametrize(
    ("name", "next_one"),
    [
        ("000000010000000000000001", "000000010000000000000002"),
        ("0000000100000000000000FF", "000000010000000100000000"),
        ("00000002FFFFFFFE000000FF", "00000002FFFFFFFF00000000"),
    ],
)
def test_segments_follow_each_other(name: str, next_one: str) -> None:
    assert following(name) == next_one


@pytest.mark.parametrize(
    ("lsn", "name"),
    [
        ("0/3000028", "000000010000000000000003"),
        ("0/FFFFFFFF", "0000000100000000000000FF"),
        ("1A/0", "000000010000001A00000000"),
    ],
)
def test_a_position_lies_in_its_segment(lsn: str, name: str) -> None:
    assert segment_of(1, lsn) == name


def test_every_segment_between_two_is_named() -> None:
    names = list(unbroken("0000000100000000000000FE", "000000010000000100000001"))
    assert names == [
        "0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000000", "000000010000000100000001",
    ]  # fmt: skip


def test_histories_and_drafts_are_no_segments() -> None:
    assert is_segment("000000010000000000000001")
    assert not is_segment("00000002.history")
    assert not is_segment(".000000010000000000000001.new")
    assert not is_segment("000000010000000000000001.00000028.backup")
