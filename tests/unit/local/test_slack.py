from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook
from starlette.testclient import TestClient

from local.slack.app import Slack, create_app
from local.slack.limits import refusal
from local.slack.messages import Inbox

TOKEN = {"authorization": "Bearer xoxb-1"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = {"channel": "#incidents", "text": "An <b>incident</b>"}


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(create_app(Slack(Inbox(tmp_path / "slack.jsonl"), token="xoxb-1", webhook_secret=SECRET)))


def post(client: TestClient, content: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
    return client.post("/api/chat.postMessage", json=content, headers=TOKEN if headers is None else headers).json()


@pytest.mark.parametrize(
    ("change", "headers", "error"),
    [
        ({}, {}, "not_authed"),
        ({}, {"authorization": "Bearer xoxb-2"}, "invalid_auth"),
        ({"channel": "#elsewhere"}, None, "channel_not_found"),
        ({"thread_ts": "1.000000"}, None, "thread_not_found"),
        ({"text": ""}, None, "no_text"),
        ({"blocks": [{"type": "divider"}] * 51}, None, "invalid_blocks"),
    ],
)
def test_it_refuses_what_slack_refuses(client: TestClient, change: Any, headers: Any, error: str) -> None:
    assert post(client, MESSAGE | change, headers) == {"ok": False, "error": error}
    assert client.get("/messages.json").json() == []


@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": ""}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]},
        {"type": "context", "elements": []},
        {"type": "unknown"},
    ],
)
def test_blocks_beyond_the_limits_are_refused(block: dict[str, Any]) -> None:
    assert refusal({"text": "x", "blocks": [block]}) == "invalid_blocks"


def test_a_message_that_comes_twice_is_shown_twice_and_its_thread_together(client: TestClient) -> None:
    first = post(client, MESSAGE)
    for _ in range(2):
        assert post(client, MESSAGE | {"text": "Over", "thread_ts": first["ts"]})["ok"]
    shown = client.get("/messages.json").json()
    assert [one["thread_ts"] for one in shown] == ["", first["ts"], first["ts"]]
    assert len({one["ts"] for one in shown}) == 3
    page = client.get("/").text
    assert page.count("<article>") == 1
    assert page.count(">Over<") == 2
    assert "An &lt;b&gt;incident&lt;/b&gt;" in page


def test_what_arrived_is_there_after_a_restart(client: TestClient, tmp_path: Path) -> None:
    post(client, MESSAGE)
    assert [one.text for one in Inbox(tmp_path / "slack.jsonl").messages] == ["An <b>incident</b>"]


def test_incoming_webhooks_answer_as_slacks_do(client: TestClient) -> None:
    assert client.post("/services/incidents", json=MESSAGE).text == "ok"
    assert client.post("/services/elsewhere", json=MESSAGE).status_code == 404
    assert (client.post("/services/incidents", content=b"{").status_code) == 400


def test_a_webhook_is_taken_only_with_its_signature(client: TestClient) -> None:
    body, at = '{"type": "notice", "text": "Hello"}', datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", at, body),
    }  # fmt: skip
    assert client.post("/webhook", content=body, headers=headers).status_code == 204
    assert client.post("/webhook", content=body.replace("Hello", "Bye"), headers=headers).status_code == 401
    (arrived,) = client.get("/messages.json").json()
    assert (arrived["text"], arrived["dedup_key"]) == ("Hello", "msg_1")
