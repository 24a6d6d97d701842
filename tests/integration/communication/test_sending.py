import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from shared.communication.model import DeliveryState
from shared.events.event import Event
from shared.runbook.load import the_runbook
from tests.examples import examples
from tests.integration.aws import REGION
from tests.integration.communication.conftest import SLACK, WEBHOOKS, Notifier, crashing, notifying
from tests.integration.communication.events import (
    APPROVED,
    BUDGETS,
    ENDED,
    ISSUED,
    MAINTENANCE,
    REVIEW,
    incident,
    story,
)

MINUTE = timedelta(minutes=1)
CALLS = 25  # to AWS and over HTTP at most, of one delivery


def test_an_incident_is_one_thread_in_its_order(notifier: Notifier) -> None:
    for event in story(1):
        notifier.deliver(event)
    first, *rest = notifier.slack.of("#incidents")
    assert first.text.startswith("Incident: The service is not well (1)")
    assert "impacted" in first.text
    assert "https://app.example.com/incidents/INC-1" in first.text
    assert not first.thread_ts
    assert {one.thread_ts for one in rest} == {first.ts}
    assert [one.text.partition(":")[0] for one in rest] == ["Acknowledged", "Recovered, being watched", "Resolved"]
    assert [one.text.partition(":")[0] for one in notifier.slack.of("signed webhook")] == [
        "Incident", "Acknowledged", "Recovered, being watched", "Resolved",
    ]  # fmt: skip


def test_reviews_maintenance_and_the_budget_report_go_to_their_channels(notifier: Notifier) -> None:
    for event in (REVIEW, MAINTENANCE, BUDGETS):
        notifier.deliver(event)
    assert [one.text.splitlines()[0] for one in notifier.slack.of("#release-updates")] == [
        "Maintenance planned: New disks", "Error budgets of 2026-11-24: passed",
    ]  # fmt: skip
    assert [one.text.splitlines()[0] for one in notifier.slack.of("#incidents")] == [
        "Review to hold: The service was not well",
    ]  # fmt: skip


def test_a_database_login_is_one_thread_from_its_issue_to_its_end(notifier: Notifier) -> None:
    for event in [ISSUED, ENDED, APPROVED] * 3:
        notifier.deliver(event)
    first, *rest = notifier.slack.of("#access")
    assert first.text.startswith("Database login given out: p09_temp_t5abcde12345\n\na slow query of a customer")
    assert [one.text.partition(":")[0] for one in rest] == ["Database login ended", "Break-glass approved"]
    assert {one.thread_ts for one in rest} == {first.ts}
    assert notifier.slack.of("#incidents") == []


@settings(max_examples=examples(3))
@given(
    events=st.permutations(
        [*story(1), *story(2, ("opened", "merged")), REVIEW, MAINTENANCE, BUDGETS, ISSUED] * 3,
    )
)
def test_each_event_three_times_and_in_any_order_is_every_message_once(events: list[Event]) -> None:
    with notifying() as notifier:
        for event in events:
            notifier.deliver(event)
        assert notifier.store.waiting() == []
        assert len(notifier.slack.keys()) == len(set(notifier.slack.keys())) == 2 * 4 + 2 * 2 + 1 + 2 + 1 + 1
        for channel in ("#incidents", "signed webhook"):
            words = [one.text.split()[0] for one in notifier.slack.of(channel) if "(1)" in one.text]
            assert words == ["Incident:", "Acknowledged:", "Recovered,", "Resolved:"]


def test_who_comes_first_waits_for_the_one_before_but_not_for_ever(notifier: Notifier) -> None:
    notifier.deliver(incident(1, 2, "monitoring"))
    notifier.sweep(MINUTE)
    assert notifier.slack.keys() == []
    notifier.sweep(MINUTE)
    assert len(notifier.slack.of("#incidents")) == 1
    notifier.deliver(incident(1, 1, "opened"))
    assert len(notifier.slack.of("#incidents")) == 2


def test_an_outage_of_slack_loses_nothing_and_keeps_the_order(notifier: Notifier) -> None:
    notifier.slack.faults += [(503, {})] * 40
    for event in story(1):
        notifier.deliver(event)
    for _ in range(4):
        notifier.sweep(MINUTE)
    assert notifier.slack.keys() == []
    notifier.slack.faults.clear()
    notifier.sweep_until_sent()
    for channel in ("#incidents", "signed webhook"):
        words = [one.text.split()[0] for one in notifier.slack.of(channel)]
        assert words == ["Incident:", "Acknowledged:", "Recovered,", "Resolved:"]


def test_nothing_is_sent_to_a_channel_before_the_time_that_it_asked_for(notifier: Notifier) -> None:
    notifier.slack.faults.append((429, {"retry-after": "90"}))
    notifier.deliver(incident(1, 1, "opened"))
    notifier.deliver(incident(2, 1, "opened"))
    notifier.sweep(MINUTE)
    assert notifier.slack.of("#incidents") == []
    assert len(notifier.slack.of("signed webhook")) == 2
    notifier.sweep(MINUTE)
    assert len(notifier.slack.of("#incidents")) == 2


def test_two_notifiers_at_once_send_a_message_once(notifier: Notifier) -> None:
    notifier.while_sending = lambda: notifier.deliver(incident(1, 2, "monitoring"))
    notifier.deliver(incident(1, 1, "opened"))
    assert [one.text.split()[0] for one in notifier.slack.of("#incidents")] == ["Incident:", "Recovered,"]
    assert len(set(notifier.slack.keys())) == len(notifier.slack.keys()) == 4


@settings(max_examples=examples(8))
@given(crash_at=st.integers(0, CALLS - 1), after=st.booleans(), redelivered=st.booleans())
def test_a_crash_anywhere_repeats_at_most_the_message_that_was_being_sent(
    crash_at: int, *, after: bool, redelivered: bool
) -> None:
    event = incident(1, 1, "opened")
    with notifying() as notifier:
        notifier.aws.crash_at, notifier.aws.after = crash_at, after
        crashed = crashing(lambda: notifier.deliver(event))
        notifier.aws.crash_at = None
        if redelivered or not notifier.store.latest(before=None, limit=1):
            notifier.deliver(event)
        notifier.sweep_until_sent()
        keys = notifier.slack.keys()
        assert len(set(keys)) == 2
        # Between the request and the mark nobody can know whether it arrived: it is sent again, with the same key.
        assert len(keys) - 2 <= crashed


def test_no_delivery_makes_more_calls_than_are_crashed(notifier: Notifier) -> None:
    notifier.deliver(incident(1, 1, "opened"))
    assert 15 < len(notifier.aws.operations) <= CALLS


def test_a_message_that_is_sent_twice_has_the_same_key_in_header_and_content(notifier: Notifier) -> None:
    notifier.aws.after = True
    notifier.deliver(incident(1, 1, "opened"))
    http = notifier.aws.operations.index("HTTP")
    notifier.aws.operations.clear()
    notifier.aws.crash_at = http
    assert crashing(lambda: notifier.deliver(incident(2, 1, "opened")))
    notifier.aws.crash_at = None
    notifier.sweep_until_sent()
    twice = [one for one in notifier.slack.of("#incidents") if "(2)" in one.text]
    assert len(twice) == 2
    (key,) = {one.dedup_key for one in twice}
    sent = [request for request in notifier.requests if request.headers.get("idempotency-key") == key]
    assert [json.loads(one.body)["metadata"]["event_payload"]["dedup_key"] for one in sent] == [key, key]
    assert sent[0].body == sent[1].body


def test_a_message_that_will_never_be_taken_is_dead_at_once_and_holds_up_nobody(notifier: Notifier) -> None:
    notifier.slack.faults.append((413, {}))
    notifier.deliver(incident(1, 1, "opened"))
    notifier.deliver(incident(1, 2, "monitoring"))
    assert [one.text.split()[0] for one in notifier.slack.of("#incidents")] == ["Recovered,"]
    report = notifier.sweep()
    assert report["dead_messages"] == 1
    assert notifier.states()["incident_opened incidents"] == DeliveryState.DEAD


def test_after_a_day_a_message_is_given_up(notifier: Notifier) -> None:
    wrong = {"bot_token": "xoxb-wrong", "api_url": f"{notifier.slack.url}/api"}
    notifier.aws.client("secretsmanager").put_secret_value(SecretId=SLACK, SecretString=json.dumps(wrong))
    notifier.deliver(incident(1, 1, "opened"))
    for _ in range(30):
        notifier.sweep(timedelta(hours=1))
    (dead,) = notifier.store.dead()
    delivery = notifier.store.delivery(dead)
    assert delivery
    assert (delivery.state, delivery.error) == (DeliveryState.DEAD, "200: invalid_auth")
    assert 20 < delivery.attempts < 30


def test_what_has_nowhere_to_go_says_so_and_is_not_tried_again(notifier: Notifier) -> None:
    for name in (SLACK, WEBHOOKS):
        notifier.aws.client("secretsmanager").put_secret_value(SecretId=name, SecretString="{}")
    notifier.deliver(incident(1, 1, "opened"))
    assert set(notifier.states().values()) == {DeliveryState.UNCONFIGURED}
    notifier.aws.operations.clear()
    report = notifier.sweep(MINUTE)
    assert (report["waiting"], report["dead_messages"]) == (0, 0)
    assert "HTTP" not in notifier.aws.operations


def test_a_secret_that_is_nonsense_holds_up_no_other_channel(notifier: Notifier) -> None:
    notifier.aws.client("secretsmanager").put_secret_value(SecretId=SLACK, SecretString='{"webhooks": 5}')
    notifier.deliver(incident(1, 1, "opened"))
    assert len(notifier.slack.of("signed webhook")) == 1
    (waiting,) = notifier.store.waiting()
    assert "AttributeError" in waiting.error


def test_incoming_webhooks_are_taken_without_threads(notifier: Notifier) -> None:
    secret = {"webhooks": {"#incidents": f"{notifier.slack.url}/services/incidents"}}
    notifier.aws.client("secretsmanager").put_secret_value(SecretId=SLACK, SecretString=json.dumps(secret))
    for event in story(1):
        notifier.deliver(event)
    arrived = notifier.slack.of("#incidents")
    assert [one.via for one in arrived] == ["incoming webhook"] * 4
    assert all(one.dedup_key.startswith("msg_") for one in arrived)


def test_whoever_confirmed_a_subscription_gets_an_e_mail(notifier: Notifier) -> None:
    sns, sqs = notifier.aws.client("sns"), notifier.aws.client("sqs")
    (topic,) = [one["TopicArn"] for one in sns.list_topics()["Topics"]]
    queue = sqs.create_queue(QueueName="mailbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics[topic].subscriptions_confimed = 1  # moto does not count them
    notifier.deliver(incident(1, 1, "opened"))
    (mail,) = [json.loads(one["Body"]) for one in sqs.receive_message(QueueUrl=queue)["Messages"]]
    assert mail["Subject"] == "[P09] Incident: The service is not well (1)"
    assert "Severity: page" in mail["Message"]
    assert mail["MessageAttributes"]["dedup_key"]["Value"] in mail["Message"]
    assert notifier.states()["incident_opened email"] == DeliveryState.SENT


def test_addresses_inside_are_refused_unless_the_stage_names_them(
    notifier: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = {"webhook": {"url": "http://169.254.169.254/latest", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}
    notifier.aws.client("secretsmanager").put_secret_value(SecretId=WEBHOOKS, SecretString=json.dumps(secret))
    notifier.deliver(incident(1, 1, "opened"))
    assert notifier.states()["incident_opened webhook"] == DeliveryState.DEAD


def test_a_channel_that_the_runbook_no_longer_has_is_a_dead_letter(
    notifier: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier.slack.faults += [(503, {}), (503, {})]
    notifier.deliver(incident(1, 1, "opened"))
    communication = the_runbook().communication
    rest = {name: channel for name, channel in communication.channels.items() if name != "incidents"}
    less = the_runbook().model_copy(update={"communication": communication.model_copy(update={"channels": rest})})
    monkeypatch.setattr("functions.notifier.handler.the_runbook", lambda: less)
    notifier.sweep_until_sent()
    assert [one.channel for one in notifier.slack.inbox.messages] == ["signed webhook"]
    assert notifier.states()["incident_opened incidents"] == DeliveryState.DEAD
