import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.keys import Kind, MalformedKey, make_key, parse_key


@pytest.mark.parametrize("kind", ["ingest", "read"])
def test_a_made_key_is_recognised(kind: Kind) -> None:
    key = make_key(kind)
    assert parse_key(key.text.reveal()) == key
    assert key.text.reveal().startswith(key.prefix)
    assert key.text.reveal() not in repr(key)


def test_no_two_keys_are_equal() -> None:
    assert len({make_key("read").digest for _ in range(100)}) == 100


@given(position=st.integers(0, 57), letter=st.characters(codec="ascii"))
def test_a_mistyped_key_is_found_without_asking_anybody(position: int, letter: str) -> None:
    text = make_key("ingest").text.reveal()
    wrong = text[:position] + letter + text[position + 1 :]
    if wrong != text:
        with pytest.raises(MalformedKey):
            parse_key(wrong)


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse_key(text)
