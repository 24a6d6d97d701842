"""Signed webhooks as https://www.standardwebhooks.com specifies them: who receives one can check that it is ours and fresh."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from shared.communication.senders.port import Again, Message, Outcome, Post, Refused, Sent, Unconfigured, exchange
from shared.platform.moments import stamp
from shared.platform.outgoing.send import Request, Response

# The receiver says that this message, or any, will never be welcome.
_NEVER: Final = frozenset({400, 410, 413, 422})


class WebhookSender:
    """``secret`` is ``{"<channel's id>": {"url": "https://…", "secret": "whsec_…"}}``.

    After a rotation there is the ``previous`` key as well: messages are signed with both, and receivers take either.
    """

    def __init__(self, secret: Callable[[], Mapping[str, Any]], post: Post) -> None:
        self._secret = secret
        self._post = post

    def __call__(self, message: Message) -> Outcome:
        endpoint = self._secret().get(message.channel_id)
        if not endpoint:
            return Unconfigured(f"the secret of webhooks has no {message.channel_id}")
        try:
            keys = [str(key) for key in (endpoint["secret"], endpoint.get("previous")) if key]
            request = signed(str(endpoint["url"]), keys, message, datetime.now(UTC))
        except (KeyError, TypeError, ValueError, EmptyWebhookSecretError) as error:
            return Refused(
                f"the secret of webhooks is wrong about {message.channel_id}: {type(error).__name__}: {error}"
            )
        answer = exchange(self._post, request)
        return _judge(answer) if isinstance(answer, Response) else answer


def payload(message: Message) -> str:
    """The same for every attempt."""
    announcement = message.announcement
    content = asdict(announcement.content) | {"facts": dict(announcement.content.facts)}
    content["links"] = [{"text": text, "url": url} for text, url in announcement.content.links]
    data = {"id": announcement.id, "thread": announcement.thread, "sequence": announcement.sequence}
    said = {"type": announcement.content.kind, "timestamp": stamp(announcement.at), "data": data | content}
    return json.dumps(said | {"text": announcement.content.text}, ensure_ascii=False)


def signed(url: str, keys: Sequence[str], message: Message, now: datetime) -> Request:
    body = payload(message)
    headers = {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": message.dedup_key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(message.dedup_key, now, body) for key in keys),
    }
    return Request(method="POST", url=url, headers=headers, body=body.encode())


def _judge(answer: Response) -> Outcome:
    if answer.status // 100 == 2:  # noqa: PLR2004 -- any success
        return Sent()
    said = f"{answer.status}: {answer.body.decode(errors='replace')[:200]}"
    return Refused(said) if answer.status in _NEVER else Again(said)
