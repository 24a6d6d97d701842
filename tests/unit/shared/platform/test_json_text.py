import pytest

from shared.platform import json_text


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        (rb"cut \ud83d", "cut \ufffd"),
        (rb"\uDE00 cut", "\ufffd cut"),
        (rb"\ud83d\ud83d\ude00", "\ufffd😀"),
        (rb"\\ud83d \ud83d", "\\ud83d \ufffd"),
        (rb"\ud83d\u0041", "\ufffdA"),
        (rb"\ud83d\ude00", "😀"),
    ],
)
def test_half_a_character_is_read_as_one_that_is_not_known(sent: bytes, value: str) -> None:
    assert json_text.read(b'{"text": "%b"}' % sent) == {"text": value}


def test_a_byte_order_mark_says_nothing() -> None:
    assert json_text.read(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("sent", [b"", b"{", rb'{"a": "\ud83d', rb'{"a": "\ud83"}', b'{"a": \xff}'])
def test_what_is_no_json_is_refused(sent: bytes) -> None:
    with pytest.raises(ValueError, match="line 1"):
        json_text.read(sent)
