"""What every answer tells browsers and caches, and how much of a request is read. Pure ASGI: it must cost microseconds."""

from http import HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
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

        problem = _too_much(scope)
        if problem is None:
            try:
                await self._app(scope, _counted(receive), send_with_headers)
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
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _body_detail(), limit_bytes=MAX_BYTES)
    if len(scope["query_string"]) > MAX_QUERY:
        detail = f"the query is longer than {MAX_QUERY:,} bytes: ask for less at once"
        return Problem(HTTPStatus.REQUEST_URI_TOO_LONG, detail, limit_bytes=MAX_QUERY)
    if sum(len(name) + len(value) for name, value in headers) > MAX_HEADERS:
        detail = f"the headers are larger than {MAX_HEADERS:,} bytes: send fewer or shorter ones"
        return Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail, limit_bytes=MAX_HEADERS)
    return None


def _counted(receive: Receive) -> Receive:
    """A body whose length nobody has declared, or not as it is, is read as far as the limit."""
    size = 0

    async def count() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BYTES:
            # The one exception that FastAPI lets through while it reads a body.
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _body_detail())
        return message

    return count


def _body_detail() -> str:
    return f"the body is larger than {MAX_BYTES:,} bytes: send it in smaller parts"
