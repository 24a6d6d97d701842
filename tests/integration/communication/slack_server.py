"""A real HTTP server that stands for Slack, and can be made to misbehave."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from local.slack.app import Slack, create_app
from local.slack.messages import Arrived, Inbox

TOKEN = "xoxb-of-tests"
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DEADLINE = 30


@dataclass
class SlackServer:
    """``faults`` are answers (status, headers) that the next requests get instead of Slack's own."""

    url: str
    inbox: Inbox
    faults: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def of(self, channel: str) -> list[Arrived]:
        return [one for one in self.inbox.messages if one.channel == channel]

    def keys(self) -> list[str]:
        return [one.dedup_key for one in self.inbox.messages]


@contextmanager
def slack_server(folder: Path) -> Iterator[SlackServer]:
    inbox = Inbox(folder / "slack.jsonl")
    app: Any = create_app(Slack(inbox, token=TOKEN, webhook_secret=WEBHOOK_SECRET))
    faults: list[tuple[int, dict[str, str]]] = []

    async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
        if faults:
            status, headers = faults.pop(0)
            await PlainTextResponse("a fault of the test", status, headers)(scope, receive, send)
        else:
            await app(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(faulty, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        port = _port(server)
        yield SlackServer(f"http://127.0.0.1:{port}", inbox, faults)
    finally:
        server.should_exit = True
        thread.join(DEADLINE)


def _port(server: uvicorn.Server) -> int:
    deadline = time.monotonic() + DEADLINE
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    return int(server.servers[0].sockets[0].getsockname()[1])
