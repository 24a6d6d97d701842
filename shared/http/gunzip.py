"""Unpacking a gzip body piece by piece, never further than a limit: a bomb of a kilobyte is refused like a body of its size."""

import zlib
from typing import Final

_GZIP: Final = 16 + zlib.MAX_WBITS


class Damaged(Exception):
    """The bytes are not gzip, or end too early; the message says which."""


class TooLarge(Exception):
    """More would be unpacked than the limit."""


class Gunzip:
    """Takes the packed bytes as they come."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._member = zlib.decompressobj(_GZIP)

    def feed(self, packed: bytes) -> bytes:
        """What these bytes hold. Raises ``Damaged`` and ``TooLarge``."""
        found = bytearray()
        while packed:
            if self._member.eof:  # gzip files may follow one another, and are one text
                self._member = zlib.decompressobj(_GZIP)
            try:
                found += self._member.decompress(packed, self._left + 1 - len(found))
            except zlib.error as error:
                raise Damaged("it is not gzip") from error
            if len(found) > self._left:
                raise TooLarge
            packed = self._member.unused_data
        self._left -= len(found)
        return bytes(found)

    def finish(self) -> None:
        """Nothing follows. Raises ``Damaged`` unless the last member was whole."""
        if not self._member.eof:
            raise Damaged("it ends too early")
