"""What every sender takes and answers. It never raises for what can be expected of a channel."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.communication.model import Announcement
from shared.platform.outgoing.send import OutgoingRefused, OutgoingUnavailable, Policy, Request, Response, send

_SECONDS: Final = 5.0
_LONGEST_PAUSE: Final = timedelta(hours=1)
_TOO_MANY: Final = 429

Post = Callable[[Request], Response]
"""Makes a request to an address that a secret names. Raises ``OutgoingRefused`` and ``OutgoingUnavailable``."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """``channel`` is the name that people know, ``channel_id`` the runbook's; ``root`` is the receipt of its thread's first."""

    announcement: Announcement
    channel_id: str
    channel: str
    dedup_key: str
    root: str = ""


@dataclass(frozen=True)
class Sent:
    """``receipt`` is what the channel called it, if it did."""

    receipt: str = ""


@dataclass(frozen=True)
class Again:
    """Not sent, or nobody knows: try again. ``pause`` is how long the channel wants to be left alone, if it said so."""

    why: str
    pause: timedelta | None = None


@dataclass(frozen=True)
class Refused:
    """It would be refused again: a person has to look at it."""

    why: str


@dataclass(frozen=True)
class Unconfigured:
    """There is nowhere to send it to yet."""

    why: str


Outcome = Sent | Again | Refused | Unconfigured
Sender = Callable[[Message], Outcome]


def poster(policy: Policy) -> Post:
    return lambda request: send(request, policy, _SECONDS)


def exchange(post: Post, request: Request) -> Response | Again | Refused:
    """The channel's answer, unless there was none or it wants to be left alone."""
    try:
        answer = post(request)
    except OutgoingRefused as error:
        return Refused(str(error))
    except OutgoingUnavailable as error:
        return Again(str(error))
    if answer.status == _TOO_MANY:
        return Again("429: too many messages at once", _pause(answer.headers.get("retry-after", "")))
    return answer


def _pause(seconds: str) -> timedelta | None:
    return min(timedelta(seconds=int(seconds)), _LONGEST_PAUSE) if seconds.isascii() and seconds.isdigit() else None
