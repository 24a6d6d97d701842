"""Stands for Slack on this machine, and for who receives signed webhooks: takes what they take, and shows what arrived."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from local.slack.limits import refusal
from local.slack.messages import Arrived, Inbox, Via

PAGE: Final = Path(__file__).with_name("page.html")
CHANNELS: Final = frozenset({"#release-updates", "#incidents", "#access"})
SIGNED: Final = "signed webhook"


class Slack:
    def __init__(self, inbox: Inbox, *, token: str, webhook_secret: str) -> None:
        self.inbox = inbox
        self._token = token
        self._webhook_secret = webhook_secret

    def post_message(self, authorization: str, content: dict[str, Any]) -> dict[str, Any]:
        """As Slack's chat.postMessage answers."""
        channel, thread = content.get("channel", ""), content.get("thread_ts", "")
        if error := self._error(authorization, channel, thread) or refusal(content):
            return {"ok": False, "error": error}
        key = content.get("metadata", {}).get("event_payload", {}).get("dedup_key", "")
        arrived = self._keep("bot", channel, content, dedup_key=key, thread=thread)
        return {"ok": True, "channel": channel, "ts": arrived.ts, "message": {"text": arrived.text}}

    def take_webhook(self, channel: str, content: dict[str, Any], key: str) -> str:
        """As an incoming webhook answers: "ok", or what is wrong."""
        if channel not in CHANNELS:
            return "no_service"
        if error := refusal(content):
            return error
        self._keep("incoming webhook", channel, content, dedup_key=key)
        return "ok"

    def take_signed(self, body: bytes, headers: dict[str, str]) -> None:
        """Raises WebhookVerificationError."""
        content = Webhook(self._webhook_secret).verify(body, headers)
        self._keep("signed webhook", SIGNED, content, dedup_key=headers["webhook-id"])

    def _error(self, authorization: str, channel: str, thread: str) -> str:
        if not authorization:
            return "not_authed"
        if authorization != f"Bearer {self._token}":
            return "invalid_auth"
        if channel not in CHANNELS:
            return "channel_not_found"
        return "" if not thread or self.inbox.has(channel, thread) else "thread_not_found"

    def _keep(self, via: Via, channel: str, content: dict[str, Any], *, dedup_key: str, thread: str = "") -> Arrived:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        arrived = Arrived(
            ts=self.inbox.next_ts(), at=at, via=via, channel=channel, text=str(content.get("text", "")),
            dedup_key=dedup_key, thread_ts=thread, blocks=content.get("blocks", []),
        )  # fmt: skip
        self.inbox.add(arrived)
        return arrived


def create_app(slack: Slack) -> Starlette:
    async def post_message(request: Request) -> Response:
        return JSONResponse(slack.post_message(request.headers.get("authorization", ""), await _json(request)))

    async def webhook(request: Request) -> Response:
        channel = f"#{request.path_params['channel']}"
        said = slack.take_webhook(channel, await _json(request), request.headers.get("idempotency-key", ""))
        return PlainTextResponse(said, 200 if said == "ok" else 404 if said == "no_service" else 400)

    async def signed(request: Request) -> Response:
        try:
            slack.take_signed(await request.body(), dict(request.headers))
        except WebhookVerificationError as error:
            return PlainTextResponse(str(error), 401)
        return Response(status_code=204)

    async def messages(_request: Request) -> Response:
        return JSONResponse([asdict(one) for one in slack.inbox.messages])

    async def page(_request: Request) -> Response:
        return HTMLResponse(PAGE.read_text().replace("{{messages}}", "".join(rows(slack.inbox.messages))))

    return Starlette(
        routes=[
            Route("/", page),
            Route("/messages.json", messages),
            Route("/api/chat.postMessage", post_message, methods=["POST"]),
            Route("/services/{channel}", webhook, methods=["POST"]),
            Route("/webhook", signed, methods=["POST"]),
        ]
    )


def rows(messages: list[Arrived]) -> Iterator[str]:
    """Threads by their latest message, newest first; in a thread the oldest first."""
    threads: dict[str, list[Arrived]] = {}
    for one in messages:
        threads.setdefault(one.thread_ts or one.ts, []).append(one)
    for thread in sorted(threads.values(), key=lambda some: some[-1].ts, reverse=True):
        yield f"<article><h2>{escape(thread[0].channel)}</h2>{''.join(map(_row, thread))}</article>"


def _row(one: Arrived) -> str:
    reply = ' class="reply"' if one.thread_ts else ""
    about = f"{one.at} · {one.via} · ts {one.ts} · {one.dedup_key}"
    return f"<section{reply}><pre>{escape(one.text)}</pre><footer>{escape(about)}</footer></section>"


async def _json(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(await request.body())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
