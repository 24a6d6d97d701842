import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from shared.communication.senders import email, port
from shared.communication.store import AnnouncementStore
from shared.events.event import Event
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.outbox import waiting
from shared.platform.outgoing import send as outgoing
from shared.platform.outgoing.send import Request, Response
from shared.platform.send_outbox import send_all
from shared.platform.settings import aws_settings
from tests.integration.aws import TABLE, Aws, Crash, aws_in_memory
from tests.integration.communication.slack_server import TOKEN, WEBHOOK_SECRET, SlackServer, slack_server

SLACK, WEBHOOKS = "p09-test-slack", "p09-test-webhooks"


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Notifier:
    """The function as Lambda runs it, at times that the test sets. Requests of HTTP count as calls of ``aws`` do."""

    def __init__(self, aws: Aws, slack: SlackServer) -> None:
        self.aws = aws
        self.slack = slack
        self.ahead = timedelta()
        self.table = Table(signed_call(aws_settings), TABLE)
        self.store = AnnouncementStore(self.table)
        self.while_sending: Callable[[], object] | None = None
        self.requests: list[Request] = []
        self._handler = importlib.import_module("functions.notifier.handler").handler
        self._send = outgoing.send

    @property
    def now(self) -> datetime:
        """The API's clock is the machine's; the function's may be ahead of it."""
        return datetime.now(UTC) + self.ahead

    def deliver(self, event: Event) -> dict[str, Any]:
        said = {"detail-type": event.detail_type, "source": event.source, "detail": event.detail}
        report: dict[str, Any] = self._handler(json.loads(json.dumps(said)), Context())
        return report

    def sweep(self, after: timedelta = timedelta()) -> dict[str, Any]:
        self.ahead += after
        report: dict[str, Any] = self._handler(
            {"task": "notifier", "scheduled_time": "2026-11-24T12:00:00Z"}, Context()
        )
        return report

    def sweep_until_sent(self) -> None:
        """As the schedule does, minute by minute."""
        for _ in range(60):
            if not self.store.waiting():
                return
            self.sweep(timedelta(minutes=1))
        raise AssertionError("a message still waits after an hour")

    def drain_outbox(self) -> list[Event]:
        """What the table's stream has the outbox put on the bus, delivered."""
        sent: list[Event] = []
        send_all(self.table, waiting(self.table), sent.append)
        for event in sent:
            self.deliver(event)
        return sent

    def states(self) -> dict[str, str]:
        """State of every message, by channel and kind."""
        found = {}
        for one in self.store.latest(before=None, limit=1000):
            for delivery in self.store.deliveries(one.id, one.id):
                found[f"{one.content.kind} {delivery.channel}"] = delivery.state.value
        return found

    def send(self, request: Request, policy: Any, timeout: float) -> Response:
        """Instead of the client's: the real one, with a crash before it or after it."""
        number = len(self.aws.operations)
        self.aws.operations.append("HTTP")
        self.requests.append(request)
        if self.while_sending:
            meanwhile, self.while_sending = self.while_sending, None
            meanwhile()
        if self.aws.crash_at == number and not self.aws.after:
            raise Crash
        answer = self._send(request, policy, timeout)
        if self.aws.crash_at == number:
            raise Crash
        return answer


@contextmanager
def notifying() -> Iterator[Notifier]:
    with (
        TemporaryDirectory() as folder,
        slack_server(Path(folder)) as slack,
        pytest.MonkeyPatch.context() as patch,
        aws_in_memory(patch, **_settings(slack)) as aws,
    ):
        topic = aws.client("sns").create_topic(Name="p09-test-announcements")["TopicArn"]
        patch.setenv("EMAIL_TOPIC_ARN", topic)
        _put_secrets(aws, slack)
        handler = importlib.reload(importlib.import_module("functions.notifier.handler"))
        email._client.cache_clear()
        notifier = Notifier(aws, slack)
        patch.setattr(handler, "_now", lambda: notifier.now)
        patch.setattr(port, "send", notifier.send)
        yield notifier
        email._client.cache_clear()


@pytest.fixture
def notifier() -> Iterator[Notifier]:
    with notifying() as found:
        yield found


def _settings(slack: SlackServer) -> dict[str, str]:
    return {
        "SLACK_SECRET_ARN": SLACK, "WEBHOOKS_SECRET_ARN": WEBHOOKS, "OUTGOING_ALLOWED": slack.url,
        "CONSOLE_URL": "https://app.example.com",
    }  # fmt: skip


def _put_secrets(aws: Aws, slack: SlackServer) -> None:
    bot = {"bot_token": TOKEN, "api_url": f"{slack.url}/api"}
    endpoint = {"webhook": {"url": f"{slack.url}/webhook", "secret": WEBHOOK_SECRET}}
    for name, content in ((SLACK, bot), (WEBHOOKS, endpoint)):
        aws.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(content))


def crashing(act: Callable[[], object]) -> bool:
    """Whether it crashed."""
    with suppress(Crash):
        act()
        return False
    return True
