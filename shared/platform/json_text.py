"""JSON as it comes from outside, where pydantic alone would refuse what costs nothing to read."""

import re
from typing import Any, Final

from pydantic_core import from_json

_BOM: Final = b"\xef\xbb\xbf"
# The escapes of JSON; in group 1 those of half a character, which a script leaves that cuts a text within an emoji.
_ESCAPES: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def read(text: bytes) -> Any:
    """The value of a JSON text in UTF-8, with or without a byte order mark. Raises ``ValueError``.

    In place of half characters, which JSON's grammar allows and no text can hold, stands U+FFFD.
    """
    text = text.removeprefix(_BOM)
    try:
        return from_json(text)
    except ValueError:
        mended = _ESCAPES.sub(lambda escape: rb"\ufffd" if escape[1] else escape[0], text)
        if mended == text:
            raise
        return from_json(mended)
