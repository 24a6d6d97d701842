from typing import Any

import httpx2
from starlette.testclient import TestClient

from local.mail.app import create_app

MAIL: dict[str, Any] = {
    "id": "1", "at": "2026-11-30T12:00:00.000+00:00", "from": "P09 <no-reply@p09.localhost>", "to": ["ada@example.com"],
    "subject": "Hello <b>Ada</b>", "text": "as <i>text</i>", "html": '<p onclick="x()">as HTML</p>',
}  # fmt: skip


def test_mails_are_shown_as_they_are_and_run_nothing() -> None:
    page = TestClient(create_app(lambda: [MAIL])).get("/").text
    assert "Hello &lt;b&gt;Ada&lt;/b&gt;" in page
    assert "as &lt;i&gt;text&lt;/i&gt;" in page
    assert 'sandbox="allow-popups"' in page
    assert "<p onclick" not in page


def test_mails_of_one_address_can_be_asked_for() -> None:
    client = TestClient(create_app(lambda: [MAIL, MAIL | {"id": "2", "to": ["bob@example.com"]}]))
    assert [mail["id"] for mail in client.get("/messages.json?to=bob@example.com").json()] == ["2"]
    assert len(client.get("/messages.json").json()) == 2


def test_an_inbox_without_mail_says_so() -> None:
    assert "No mail yet" in TestClient(create_app(list)).get("/").text


def test_while_ministack_does_not_answer_it_says_so() -> None:
    def down() -> Any:
        raise httpx2.ConnectError("refused")

    assert TestClient(create_app(down)).get("/messages.json").status_code == 503
