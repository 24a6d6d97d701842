"""What each channel gets is within its limits, whatever is said."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from local.slack.limits import refusal
from shared.communication.model import Announcement, Content
from shared.communication.senders import slack_blocks
from shared.communication.senders.email import body, subject
from shared.communication.senders.port import Again, Message, Refused, Sent, Unconfigured
from shared.communication.senders.slack import SlackSender
from shared.communication.senders.webhook import WebhookSender, payload, signed
from shared.platform.outgoing.send import OutgoingRefused, OutgoingUnavailable, Request, Response

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PREVIOUS = "whsec_cHJldmlvdXMga2V5IG9mIHRoZSB0ZXN0cw=="
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
long_text = st.one_of(
    st.text(max_size=300), st.text("<>&a ", max_size=300), st.integers(1, 9000).map(lambda n: "&" * n)
)
contents = st.builds(
    Content,
    kind=st.just("notice"),
    title=st.text(min_size=1, max_size=400),
    summary=st.one_of(long_text, st.just("x" * 100_000)),
    facts=st.lists(st.tuples(long_text, long_text), max_size=150).map(tuple),
    links=st.lists(st.tuples(st.text(max_size=50), st.just("https://app.example.com/kpis")), max_size=3).map(tuple),
)


def message(content: Content) -> Message:
    announcement = Announcement(at=AT, event="e", thread="incident:1", content=content)
    return Message(announcement=announcement, channel_id="webhook", channel="#incidents", dedup_key="msg_1")


SAID = message(Content(kind="notice", title="Title", summary="<!channel> & co", facts=(("Owner", "ada"),)))


@given(contents)
def test_slack_takes_whatever_is_said(content: Content) -> None:
    made = slack_blocks.message(message(content).announcement)
    assert refusal(made) == ""
    assert len(made["text"]) <= slack_blocks.TEXT
    assert len(made["blocks"]) <= 50
    json.dumps(made)


@given(st.text(), st.integers(5, 50))
def test_pieces_are_the_whole_text_and_nothing_in_them_is_markup(text: str, limit: int) -> None:
    found = list(slack_blocks.pieces(text, limit))
    assert all(len(piece) <= limit for piece in found)
    joined = "".join(found)
    assert not set("<>") & set(joined)
    assert joined.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_nobody_can_be_mentioned_by_what_is_said() -> None:
    made = slack_blocks.message(SAID.announcement)
    assert "<!channel>" not in json.dumps(made)
    assert "&lt;!channel&gt; &amp; co" in made["text"]
    texts = [one for block in made["blocks"] for one in _texts(block) if one["type"] == "mrkdwn"]
    assert {one.get("verbatim") for one in texts} == {True}, "else Slack looks for names and channels by itself"


def _texts(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [*([block["text"]] if "text" in block else []), *block.get("fields", []), *block.get("elements", [])]


@given(st.text())
def test_a_subject_is_one_line_that_sns_takes(title: str) -> None:
    made = subject(title)
    assert made.isascii()
    assert made.isprintable()
    assert 0 < len(made) < 100


@given(contents)
def test_an_e_mail_fits_and_names_its_thread_and_key(content: Content) -> None:
    made = body(message(content))
    assert len(made.encode()) < 256 * 1024
    assert made.endswith("incident:1 · msg_1\n")


def test_signatures_are_those_of_the_specification() -> None:
    # The example of https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    at = datetime.fromtimestamp(1614265330, UTC)
    made = Webhook(SECRET).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(contents)
def test_who_receives_a_webhook_can_check_it(content: Content) -> None:
    now = datetime.now(UTC)
    request = signed("https://example.com/hook", [SECRET, PREVIOUS], message(content), now)
    read = Webhook(SECRET).verify(request.body, dict(request.headers))
    assert Webhook(PREVIOUS).verify(request.body, dict(request.headers)) == read  # who was not told of the new key yet
    assert read["type"] == "notice"
    assert request.headers["webhook-id"] == "msg_1"
    assert payload(message(content)).encode() == request.body


def answering(status: int, body: str = "", **headers: str) -> "Answer":
    return Answer(Response(status=status, headers=headers, body=body.encode()))


class Answer:
    def __init__(self, answer: Response | Exception) -> None:
        self._answer = answer
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


BOT = {"bot_token": "xoxb-1"}
HOOK = {"webhook": {"url": "https://example.com/hook", "secret": SECRET}}


@pytest.mark.parametrize(
    ("post", "outcome"),
    [
        (answering(200, '{"ok": true, "ts": "1.2"}'), Sent("1.2")),
        (answering(200, '{"ok": false, "error": "invalid_blocks"}'), Refused("200: invalid_blocks")),
        (answering(200, '{"ok": false, "error": "channel_not_found"}'), Again("200: channel_not_found")),
        (answering(200, "<html>"), Again("200: no JSON")),
        (answering(503, "down"), Again("503: no JSON")),
        (
            answering(429, "", **{"retry-after": "30"}),
            Again("429: too many messages at once", timedelta(seconds=30)),
        ),
        (
            answering(429, "", **{"retry-after": "999999"}),
            Again("429: too many messages at once", timedelta(hours=1)),
        ),
        (answering(429, "", **{"retry-after": "soon"}), Again("429: too many messages at once")),
        (Answer(OutgoingUnavailable("no answer")), Again("no answer")),
        (Answer(OutgoingRefused("inside")), Refused("inside")),
    ],
)
def test_what_slack_answers_is_judged(post: Answer, outcome: object) -> None:
    assert SlackSender(lambda: BOT, post)(SAID) == outcome


@pytest.mark.parametrize(
    ("post", "outcome"),
    [
        (answering(204), Sent()), (answering(202), Sent()), (answering(500, "oh"), Again("500: oh")),
        (answering(404, "no"), Again("404: no")), (answering(410, "gone"), Refused("410: gone")),
    ],
)  # fmt: skip
def test_what_a_webhook_answers_is_judged(post: Answer, outcome: object) -> None:
    assert WebhookSender(lambda: HOOK, post)(SAID) == outcome


@pytest.mark.parametrize("wrong", [{"url": "https://a.b"}, {"url": "https://a.b", "secret": "whsec_"}, "https://a.b"])
def test_a_secret_that_is_wrong_is_a_dead_letter_with_the_reason(wrong: object) -> None:
    assert isinstance(WebhookSender(lambda: {"webhook": wrong}, answering(200))(SAID), Refused)


def test_without_a_secret_there_is_nowhere_to_go() -> None:
    for sender in (SlackSender(dict, answering(200)), WebhookSender(dict, answering(200))):
        assert isinstance(sender(SAID), Unconfigured)


def test_a_bot_names_the_channel_by_its_id_where_the_secret_has_one() -> None:
    post = answering(200, '{"ok": true, "ts": "1.2"}')
    SlackSender(lambda: BOT | {"channels": {"#incidents": "C0123"}}, post)(SAID)
    (request,) = post.asked
    assert request.url == "https://slack.com/api/chat.postMessage"
    assert request.headers["authorization"] == "Bearer xoxb-1"
    assert json.loads(request.body)["channel"] == "C0123"
