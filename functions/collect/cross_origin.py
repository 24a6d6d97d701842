"""What browsers on customers' pages may read: every answer of `/api/event`, the refusals too."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH: Final = "/api/event"
HEADERS: Final = (
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "POST, OPTIONS"),
    ("access-control-allow-headers", "content-type, content-encoding, x-debug-request"),
    ("access-control-expose-headers", "retry-after, x-request-id"),
    ("access-control-max-age", "86400"),
)


class CrossOrigin:
    """Middleware outside of all others, so that no answer goes without."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(dict(HEADERS))
            await send(message)

        await self._app(scope, receive, send_readable)
