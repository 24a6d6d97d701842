"""A secret by its type: wherever it is written by mistake, in a log, a message, a traceback or JSON, there are stars."""

from typing import Final

SHOWN: Final = "***"


def is_header_value(text: str) -> bool:
    """Whether it can be sent in a header: another, such as one with a line's end, is told in full by ``http.client``'s error."""
    return text.isascii() and text.isprintable()


class Secret:
    """A text that only ``reveal`` shows, for whoever sends, stores or compares it. An empty one is false.

    Neither a ``str``, whose text would go into JSON and joined texts, nor a dataclass, which ``asdict`` would take apart.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return SHOWN

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)
