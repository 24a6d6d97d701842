"""Web addresses in one written form: a page, a host, a site's domain and a referrer each have one way of being written."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

MAX_PAGE: Final = 2000
MAX_REFERRER: Final = 2000

_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
# While a path is decoded, a byte that has to stay encoded stands as the lone surrogate U+DC00 + byte.
_ESCAPED_BYTE: Final = re.compile("[\udc00-\udcff]")
_ESCAPED_PERCENT: Final = re.compile("\udc25(?![0-9A-Fa-f]{2})")
_STAYS_ENCODED: Final = re.compile(r"[%/\x00-\x1f\x7f]")
NOT_PRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_WEB_SCHEMES: Final = ("http", "https")


class BadAddress(ValueError):
    """What was sent is no absolute address."""


def split(address: str) -> SplitResult:
    """Take an absolute address apart. Raises ``BadAddress``."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError as error:
        raise BadAddress(f"{address[:100]} is not an address: {error}") from error
    if not host:
        raise BadAddress(f"{address[:100]!r} must be absolute, such as https://example.com/page")
    return parts


def decoded_path(path: str) -> str:
    """A path with its percent-encoding undone where that is valid UTF-8.

    Bytes that are not stay encoded, and so does what would change the path's meaning: a slash, and a percent sign before two
    digits that would be taken for an encoded byte.
    """
    if "%" not in path:
        return path
    decoded = _ESCAPED_PERCENT.sub("%", _ESCAPES.sub(_decode, path))
    return _ESCAPED_BYTE.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", decoded)


def _decode(escapes: re.Match[str]) -> str:
    text = bytes.fromhex(escapes[0].replace("%", "")).decode("utf-8", "surrogateescape")
    return _STAYS_ENCODED.sub(lambda character: chr(0xDC00 + ord(character[0])), text)


@lru_cache(maxsize=5_000)
def host_name(host: str) -> str:
    """A host in lower case, as punycode, without ``www.``, port and final dot; what is no host name stays as it is.

    Percent-encoding is undone, as browsers do before they look a host up.
    """
    name = host.strip().lower()
    if name.count(":") == 1:
        name = name.partition(":")[0]
    name = name.rstrip(".")
    if "%" in name or not name.isascii():
        name = _punycode(name)
    return name.removeprefix("www.")


def _punycode(name: str) -> str:
    import idna  # few hosts need it

    try:
        return idna.encode(unquote(name, errors="strict"), uts46=True).decode()
    except UnicodeError:  # idna's own among them
        return name


def site_domain(domain: str) -> str:
    """The domain by which a site is known: a host name, with a path where several sites share a host.

    Takes what people paste as well: ``https://www.Example.com/`` is ``example.com``.
    """
    scheme, separator, rest = domain.strip().partition("://")
    if not separator or scheme.lower() not in _WEB_SCHEMES:
        rest = domain.strip()
    host, slash, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    return host_name(host) + (slash + path).rstrip("/")


def clean_referrer(referrer: str) -> tuple[str, str]:
    """A referrer's address without query and fragment, and its host; both empty when it is no address of a site."""
    try:
        parts = split(NOT_PRINTABLE.sub("", referrer.strip()))
    except BadAddress:
        return "", ""
    host = host_name(parts.hostname or "")
    return f"{parts.scheme}://{host}{decoded_path(parts.path).rstrip('/')}"[:MAX_REFERRER], host
