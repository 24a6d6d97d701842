"""Addresses that requests go out to, taken apart in the one way in which the client of ``outgoing.py`` uses them."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9_-][a-z0-9._-]*|[0-9a-f:.]*:[0-9a-f:.]*")
_AMBIGUOUS: Final = frozenset('\\\x7f<>"^`{|}')


class OutgoingRefused(Exception):
    """This request is never made, however often it is tried: the message says which rule forbids it."""


class OutgoingUnavailable(Exception):
    """Nobody answered, in time or at all: it may be tried again."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin":
        """The origin of an address. Raises ``OutgoingRefused`` unless it is a plain http or https address."""
        parts = split(url)
        port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
        return cls(scheme=parts.scheme, host=str(parts.hostname).rstrip("."), port=port)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def split(url: str) -> SplitResult:
    """Take an address apart, and none that two readers could take apart in two ways.

    Raises ``OutgoingRefused``, without the address: whoever knows that of a chat's webhook may write there.
    """
    if not url.isascii() or any(character <= " " or character in _AMBIGUOUS for character in url):
        raise OutgoingRefused("an address with more than printable ASCII: write other characters percent-encoded")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # its text, of which the traceback would tell, has parts of the address
        raise OutgoingRefused("an address whose host or port is none") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise OutgoingRefused("an address that is neither http nor https")
    if "@" in parts.netloc:
        raise OutgoingRefused("an address with a user name or password: credentials belong into a header")
    host = parts.hostname or ""
    if not _HOST.fullmatch(host) or ("[" in parts.netloc) != (":" in host):
        raise OutgoingRefused("an address that names no host")
    return parts


def origins(text: str) -> frozenset[Origin]:
    """Origins of a setting: addresses with spaces between."""
    return frozenset(Origin.of(url) for url in text.split())
