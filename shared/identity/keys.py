"""Keys of sites: `p09w_…` sends events, `p09r_…` reads numbers. Only the SHA-256 of a key is stored; the key is shown once."""

import secrets
import string
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from shared.platform.secret import Secret

Kind = Literal["ingest", "read"]

_LETTERS: Final[dict[Kind, str]] = {"ingest": "w", "read": "r"}
_KINDS: Final = {f"p09{letter}": kind for kind, letter in _LETTERS.items()}
_ALPHABET: Final = string.ascii_letters + string.digits
_ID_LENGTH: Final = 8
_SECRET_LENGTH: Final = 32
_CHECKSUM_LENGTH: Final = 8


class MalformedKey(ValueError):
    """No key of ours: cut short, mistyped or something else altogether. Found without asking the database."""


@dataclass(frozen=True)
class Key:
    """``prefix`` may be shown and logged; ``text`` is the secret."""

    kind: Kind
    prefix: str
    text: Secret

    @property
    def digest(self) -> bytes:
        return sha256(self.text.reveal().encode()).digest()


def make_key(kind: Kind) -> Key:
    """A new random key: 32 characters of 62 are 190 bits."""
    prefix = f"p09{_LETTERS[kind]}_{_random(_ID_LENGTH)}"
    unchecked = f"{prefix}_{_random(_SECRET_LENGTH)}"
    return Key(kind, prefix, Secret(unchecked + _checksum(unchecked)))


def parse_key(text: str) -> Key:
    """Recognise a key by its form and checksum. Raises ``MalformedKey``."""
    parts = text.split("_")
    if len(parts) != 3 or parts[0] not in _KINDS or len(parts[1]) != _ID_LENGTH:  # noqa: PLR2004 -- brand, id, secret
        raise MalformedKey("not a key of this service: a key looks like p09w_… or p09r_…")
    if len(parts[2]) != _SECRET_LENGTH + _CHECKSUM_LENGTH or text[-_CHECKSUM_LENGTH:] != _checksum(
        text[:-_CHECKSUM_LENGTH]
    ):
        raise MalformedKey("the key is incomplete or mistyped: its checksum doesn't match")
    return Key(_KINDS[parts[0]], f"{parts[0]}_{parts[1]}", Secret(text))


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
