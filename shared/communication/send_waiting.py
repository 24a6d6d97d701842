"""Sends what waits: each thread in its order, each message by one at a time, at least once, always under the same key."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Final

from aws_lambda_powertools.logging import Logger

from shared.communication.model import Delivery, DeliveryState, claimed, failed, has_gap, refused, sent, unconfigured
from shared.communication.senders.port import Again, Message, Outcome, Refused, Sender, Sent, Unconfigured
from shared.communication.store import AnnouncementStore
from shared.platform.aws.dynamodb import Overtaken
from shared.runbook.communication import Communication, Via

_ROUNDS: Final = 100  # each sends something: a bound for what never ends
logger = Logger(child=True)


@dataclass(frozen=True, kw_only=True)
class Post:
    """What sending takes: records, definitions, a sender for each kind of channel, a clock."""

    store: AnnouncementStore
    communication: Communication
    senders: Mapping[Via, Sender]
    clock: Callable[[], datetime]


@dataclass
class Report:
    """How many messages ended how in this run."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DeliveryState, 0))

    def add(self, state: DeliveryState) -> None:
        self.counts[state] += 1


def send_waiting(post: Post, *, thread: str | None = None, has_time: Callable[[], bool] = lambda: True) -> Report:
    """Send what is due, of one thread or of all. Raises ``AwsUnavailable`` and ``AwsRefused``; nothing is lost then.

    A message that fails is not tried twice in a run. The queue is read again after each round: while we were sending, another
    may have left to us what had to wait for ours.
    """
    report, tried = Report(), set[str]()
    for _ in range(_ROUNDS):
        before = len(tried)
        for group in _threads(post.store.waiting(), thread):
            _send_thread(post, group, tried, report, has_time)
        if len(tried) == before or not has_time():
            break
    return report


def _threads(waiting: list[Delivery], only: str | None) -> Iterator[list[Delivery]]:
    """The messages of each thread in each channel, in their order."""
    mine = [one for one in waiting if only in {None, one.thread}]
    ordered = sorted(mine, key=lambda one: (one.channel, one.thread, one.place))
    for _, group in groupby(ordered, key=lambda one: (one.channel, one.thread)):
        yield list(group)


def _send_thread(
    post: Post, group: list[Delivery], tried: set[str], report: Report, has_time: Callable[[], bool]
) -> None:
    """In order: one that fails, or is held by another, holds up those behind it until their patience is over.

    When one behind is due, those before it are tried first, although their own time may not have come.
    """
    last_due = max((n for n, one in enumerate(group) if one.is_due(post.clock()) and one.id not in tried), default=-1)
    held_up = False
    for delivery in group[: last_due + 1]:
        now = post.clock()
        if not has_time() or now < post.store.paused().get(delivery.channel, now):
            return
        impatient = now >= delivery.since + post.communication.patience
        if delivery.id in tried or delivery.is_held(now):
            held_up = True
        elif impatient or not (held_up or _waits_for_arrival(post.store, delivery)):
            tried.add(delivery.id)
            held_up |= not _send(post, delivery, report)
        else:
            held_up = True


def _waits_for_arrival(store: AnnouncementStore, delivery: Delivery) -> bool:
    """Whether a change of its thread that comes before it has not been heard of yet."""
    before = delivery.sequence
    return before > 1 and has_gap(before, store.arrived(delivery.thread, before - 1))


def _send(post: Post, before: Delivery, report: Report) -> bool:
    """Whether those behind it may go on."""
    mine = claimed(before, post.clock())
    try:
        post.store.change(before, mine)
        outcome, root = _attempt(post, mine)
        after = _concluded(post, mine, outcome)
        post.store.change(mine, after, root=not root and bool(after.receipt))
    except Overtaken:  # another has it, or has taken it over
        logger.info("another is sending this message", extra={"message_id": before.id})
        return False
    report.add(after.state)
    _tell(after)
    return after.state is not DeliveryState.QUEUED


def _attempt(post: Post, mine: Delivery) -> tuple[Outcome, str]:
    announcement = post.store.get(mine.announcement)
    channel = post.communication.channels.get(mine.channel)
    if announcement is None or channel is None:
        missing = "the announcement" if announcement is None else f"the channel {mine.channel} of the runbook"
        return Refused(f"{missing} is no more"), ""
    root = post.store.root(mine.thread, mine.channel)
    message = Message(
        announcement=announcement, channel_id=mine.channel, channel=channel.name, dedup_key=mine.dedup_key, root=root
    )
    try:
        return post.senders[channel.via](message), root
    except Exception as error:
        # One message, or one channel's secret, must not hold up all others.
        logger.exception("a sender failed", extra={"message_id": mine.id})
        return Again(f"{type(error).__name__}: {error}"), root


def _concluded(post: Post, mine: Delivery, outcome: Outcome) -> Delivery:
    now = post.clock()
    match outcome:
        case Sent(receipt):
            return sent(mine, now, receipt)
        case Unconfigured(why):
            return unconfigured(mine, why)
        case Refused(why):
            return refused(mine, why)
        case Again(why, pause):
            if pause:
                post.store.pause(mine.channel, now + pause)
            return failed(mine, now, why, after=pause, give_up=post.communication.give_up_after)


def _tell(after: Delivery) -> None:
    what = {"message_id": after.id, "belongs_to": after.thread, "attempts": after.attempts, "error": after.error}
    if after.state is DeliveryState.DEAD:
        logger.error("gave up on a message", extra=what)
    elif after.error:
        logger.warning("a message was not sent", extra=what | {"state": after.state.value})
