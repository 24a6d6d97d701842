"""What every answer tells browsers and caches, and how much of a request is read, and how. Pure ASGI: it must cost microseconds."""

from codecs import getincrementaldecoder
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.collection.event import MAX_BYTES
from shared.http.problems import Problem, problem_response, unexpected

MAX_QUERY: Final = 8 * 1024
MAX_HEADERS: Final = 16 * 1024
# Data for scripts and programs: nothing in it is a page, and only a route that says so lets it be kept.
HEADERS: Final = (
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)
_PLAIN: Final = frozenset({"", "identity"})
_GZIP: Final = frozenset({"gzip", "x-gzip"})
# The first bytes of gzip as a gateway passes them on that has taken them for text: what it could not decode is replaced.
_TAKEN_FOR_TEXT: Final = b"\x1f\xef\xbf\xbd"

Unpack = Callable[[Message], bytes]


class Envelope:
    """Middleware inside of the telemetry, which gives the request its id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers.setdefault(name, value)
            await send(message)

        encoding = Headers(scope=scope).get("content-encoding", "").strip().lower()
        problem = _too_much(scope) or _unsupported(encoding)
        if problem is None:
            try:
                await self._app(scope, _read(receive, _unpacker(scope, encoding)), send_with_headers)
            except Exception as error:
                if has_begun:
                    raise
                problem = unexpected(error)
        if problem is not None:
            await problem_response(problem)(scope, receive, send_with_headers)


def _too_much(scope: Scope) -> Problem | None:
    """What is known before anything is read."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    declared = next((value for name, value in headers if name == b"content-length"), b"0")
    if declared.isdigit() and int(declared) > MAX_BYTES:
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(), limit_bytes=MAX_BYTES)
    if len(scope["query_string"]) > MAX_QUERY:
        detail = f"the query is longer than {MAX_QUERY:,} bytes: ask for less at once"
        return Problem(HTTPStatus.REQUEST_URI_TOO_LONG, detail, limit_bytes=MAX_QUERY)
    if sum(len(name) + len(value) for name, value in headers) > MAX_HEADERS:
        detail = f"the headers are larger than {MAX_HEADERS:,} bytes: send fewer or shorter ones"
        return Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail, limit_bytes=MAX_HEADERS)
    return None


def _unsupported(encoding: str) -> Problem | None:
    if encoding in _PLAIN | _GZIP:
        return None
    detail = f"content-encoding: {encoding[:100]!r} is not supported: compress the body with gzip, or send it as it is"
    return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers={"accept-encoding": "gzip"})


def _unpacker(scope: Scope, encoding: str) -> Unpack:
    """What makes of the bytes that were sent those that are read."""
    if encoding not in _GZIP:
        return lambda message: bytes(message.get("body", b""))
    from shared.http.gunzip import Damaged, Gunzip, TooLarge

    headers = MutableHeaders(scope=scope)
    for name in ("content-encoding", "content-length"):
        del headers[name]
    # A gateway takes the bytes of gzip for text unless the type is one of bytes; what is unpacked is JSON, as every body here.
    headers["content-type"] = "application/json"
    gunzip = Gunzip(MAX_BYTES)

    def unpack(message: Message) -> bytes:
        packed = message.get("body", b"")
        if packed.startswith(_TAKEN_FOR_TEXT):
            detail = "the gzip body was taken for text on its way: send it with content-type: application/octet-stream"
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
        try:
            unpacked = gunzip.feed(packed)
            if not message.get("more_body"):
                gunzip.finish()
        except TooLarge as error:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large("unpacked, ")) from error
        except Damaged as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, f"the body can't be unpacked: {error}") from error
        return unpacked

    return unpack


def _read(receive: Receive, unpack: Unpack) -> Receive:
    """A body is read as far as the limit, whatever length was declared; it is UTF-8, in which JSON is written.

    What it raises is the one exception that FastAPI lets through while it reads a body.
    """
    size = 0
    decoder = getincrementaldecoder("utf-8")()

    async def read() -> Message:
        nonlocal size
        message = await receive()
        if message["type"] != "http.request":
            return message
        body = message["body"] = unpack(message)
        size += len(body)
        if size > MAX_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large())
        try:
            decoder.decode(body, final=not message.get("more_body"))
        except UnicodeDecodeError as error:
            place = size - len(error.object) + error.start
            detail = f"the body is not UTF-8: {error.reason} at byte {place:,}"
            raise HTTPException(HTTPStatus.BAD_REQUEST, detail) from error
        if b"\x00" in body:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "the body holds bytes of zero: send JSON in UTF-8")
        return message

    return read


def _too_large(how: str = "") -> str:
    return f"{how}the body is larger than {MAX_BYTES:,} bytes: send it in smaller parts"
