"""Slack, by a bot's token (with threads) or by incoming webhooks (without: they don't say what they have written).

The requests are plain ones and not slack_sdk's client: they go through the one client that checks where an address leads,
and a token is not sent along redirects. What is sent is built by slack_sdk's models.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.communication.senders.port import Again, Message, Outcome, Post, Refused, Sent, Unconfigured, exchange
from shared.platform.outgoing.send import Request, Response

_API: Final = "https://slack.com/api"
_OK: Final = 200
_BAD_REQUEST: Final = 400
_TOO_LARGE: Final = 413
_BROADCAST: Final = frozenset({"incident_escalated", "incident_resolved", "incident_reopened", "review_overdue"})
# What Slack says of a message that it will never take.
_CONTENT: Final = frozenset(
    (
        *("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text"),
        *("invalid_payload", "invalid_metadata_format", "metadata_too_large", "cannot_reply_to_message"),
    )
)


class SlackSender:
    """``secret`` is ``{"bot_token": "xoxb-…", "channels": {"#incidents": "C0…"}}``, where channels that are not listed are
    called by their name, or ``{"webhooks": {"#incidents": "https://hooks.slack.com/…"}}``; ``{}`` is not configured."""

    def __init__(self, secret: Callable[[], Mapping[str, Any]], post: Post) -> None:
        self._secret = secret
        self._post = post

    def __call__(self, message: Message) -> Outcome:
        secret = self._secret()
        if token := secret.get("bot_token"):
            return self._by_bot(message, secret, str(token))
        if address := secret.get("webhooks", {}).get(message.channel):
            return self._by_webhook(message, str(address))
        return Unconfigured(f"Slack's secret has neither a bot_token nor a webhook of {message.channel}")

    def _by_bot(self, message: Message, secret: Mapping[str, Any], token: str) -> Outcome:
        content = _content(message) | {
            "channel": secret.get("channels", {}).get(message.channel, message.channel),
            "unfurl_links": False,
            "metadata": {"event_type": "p09_announcement", "event_payload": {"dedup_key": message.dedup_key}},
        }
        if message.root:
            # What changes everything is shown in the channel as well, not in the thread alone.
            broadcast = message.announcement.content.kind in _BROADCAST
            content |= {"thread_ts": message.root, "reply_broadcast": broadcast}
        url = f"{secret.get('api_url', _API)}/chat.postMessage"
        answer = exchange(self._post, _request(url, content, message, {"authorization": f"Bearer {token}"}))
        return _judge_bot(answer) if isinstance(answer, Response) else answer

    def _by_webhook(self, message: Message, url: str) -> Outcome:
        answer = exchange(self._post, _request(url, _content(message), message, {}))
        if not isinstance(answer, Response):
            return answer
        if answer.status == _OK:
            return Sent()
        return _judge(answer.status, answer.body.decode(errors="replace")[:200])


def _content(message: Message) -> dict[str, Any]:
    from shared.communication.senders import slack_blocks  # slack_sdk takes 0.2 s: only who tells Slack something waits

    return slack_blocks.message(message.announcement)


def _request(url: str, content: Mapping[str, Any], message: Message, headers: Mapping[str, str]) -> Request:
    known = {"content-type": "application/json; charset=utf-8", "idempotency-key": message.dedup_key}
    return Request(method="POST", url=url, headers=known | dict(headers), body=json.dumps(content).encode())


def _judge_bot(answer: Response) -> Outcome:
    try:
        said: dict[str, Any] = json.loads(answer.body)
    except ValueError:
        return _judge(answer.status, "no JSON")
    if answer.status == _OK and said.get("ok") is True:
        return Sent(str(said.get("ts", "")))
    return _judge(answer.status, str(said.get("error", "no reason given")))


def _judge(status: int, reason: str) -> Outcome:
    """A wrong token or channel is mended within a day, hopefully: only a wrong message is never taken."""
    if reason in _CONTENT or status in {_BAD_REQUEST, _TOO_LARGE}:
        return Refused(f"{status}: {reason}")
    return Again(f"{status}: {reason}")
