from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.communication.model import (
    LEASE,
    Announcement,
    Content,
    Delivery,
    DeliveryState,
    backoff,
    claimed,
    dedup_key,
    failed,
    has_gap,
    queued,
    replayed,
    sent,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SAID = Announcement(
    at=NOW, event="INC-1-1", thread="incident:INC-1", sequence=1,
    content=Content(kind="incident_opened", title="Incident", summary="", facts=(("Owner", "ada"),)),
)  # fmt: skip
WAITING = queued(SAID, "incidents", NOW)


def test_the_same_cause_has_the_same_id_and_the_same_keys() -> None:
    again = replace(SAID, content=replace(SAID.content, title="Said in other words"))
    assert again.id == SAID.id
    assert SAID.id.startswith("20261124T120000Z-")
    assert queued(again, "incidents", NOW + DAY).dedup_key == WAITING.dedup_key


@given(st.text(), st.text(), st.text())
def test_another_cause_kind_or_channel_has_another_key(event: str, kind: str, channel: str) -> None:
    others = {
        dedup_key(f"{event}x", kind, channel),
        dedup_key(event, f"{kind}x", channel),
        dedup_key(event, kind, f"{channel}x"),
    }
    assert dedup_key(event, kind, channel) not in others


def test_plain_text_says_everything() -> None:
    content = Content(
        kind="notice", title="Title", summary="Why.", facts=(("Owner", "ada"),), links=(("Page", "https://a.b"),)
    )
    assert content.text == "Title\n\nWhy.\n\nOwner: ada\n\nPage: https://a.b"


@given(st.integers(1, 500), st.text())
def test_waits_double_up_to_a_bound_and_differ_by_message(attempt: int, key: str) -> None:
    longest = min(timedelta(seconds=15 * 2 ** min(attempt - 1, 10)), timedelta(minutes=15))
    assert longest / 2 <= backoff(attempt, key) <= longest
    assert backoff(attempt, key) == backoff(attempt, key)
    assert backoff(attempt, key) != backoff(attempt, f"{key}x")


def test_a_message_that_always_fails_is_given_up_after_a_day_and_not_before() -> None:
    delivery, now = WAITING, NOW
    while delivery.state is DeliveryState.QUEUED:
        now = delivery.next_attempt_at
        delivery = failed(claimed(delivery, now), now, "503", after=None, give_up=DAY)
    assert delivery.state is DeliveryState.DEAD
    assert DAY - timedelta(minutes=15) <= now - NOW <= DAY
    assert 96 <= delivery.attempts <= 210


def test_a_channel_that_names_a_pause_gets_it() -> None:
    delivery = failed(claimed(WAITING, NOW), NOW, "429", after=timedelta(minutes=30), give_up=DAY)
    assert delivery.next_attempt_at == NOW + timedelta(minutes=30)


def test_who_died_while_sending_is_followed_after_the_lease() -> None:
    sending = claimed(WAITING, NOW)
    assert sending.is_held(NOW)
    assert not sending.is_due(NOW + LEASE - timedelta(seconds=1))
    assert sending.is_due(NOW + LEASE)


def test_a_replay_is_tried_at_once_and_for_another_day() -> None:
    dead = failed(claimed(WAITING, NOW + DAY), NOW + DAY, "503", after=None, give_up=DAY)
    again = replayed(dead, NOW + 2 * DAY)
    assert (again.state, again.attempts, again.dedup_key) == (DeliveryState.QUEUED, 0, WAITING.dedup_key)
    assert again.is_due(NOW + 2 * DAY)
    assert (
        failed(claimed(again, NOW + 2 * DAY), NOW + 2 * DAY, "503", after=None, give_up=DAY).state
        is DeliveryState.QUEUED
    )


def test_every_step_is_another_version() -> None:
    steps: list[Delivery] = [WAITING, claimed(WAITING, NOW), sent(claimed(WAITING, NOW), NOW, "1.2")]
    assert [one.version for one in steps] == [1, 2, 3]


@given(st.integers(1, 30), st.sets(st.integers(1, 30)))
def test_a_gap_is_a_number_below_that_is_missing(sequence: int, known: set[int]) -> None:
    assert has_gap(sequence, known) == (not set(range(1, sequence)) <= known)


def test_a_last_try_at_the_very_end_of_the_day_is_still_made() -> None:
    at_the_end, behind_it = (
        failed(claimed(WAITING, NOW), NOW, "503", after=wait, give_up=DAY)
        for wait in (DAY, DAY + timedelta(microseconds=1))
    )
    assert (at_the_end.state, at_the_end.next_attempt_at) == (DeliveryState.QUEUED, NOW + DAY)
    assert behind_it.state is DeliveryState.DEAD
