"""What customers are told, newest first: of each state an incident reaches, and what people wrote for them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from shared.status.model import Incident, Maintenance, State, Update

_ALPHABET: Final = "0123456789bcdfghjklmnpqrstvwxyz"  # without vowels there are no words
_ID_LENGTH: Final = 12


def public_id(kind: str, inner: str) -> str:
    """Twelve letters, as Statuspage's ids have, the same for the same thing; they tell nothing of ours."""
    number = int.from_bytes(sha256(f"{kind}#{inner}".encode()).digest()[:10])
    letters = []
    for _ in range(_ID_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)


def of_incident(incident: Incident, titles: Sequence[str]) -> tuple[Update, ...]:
    """``titles`` are those of the components that it concerns."""
    updates = list(_told(incident, titles))
    return tuple(
        Update(id=public_id("update", f"{incident.id}#{n}"), at=at, status=state, text=text)
        for n, (at, state, text, _) in reversed(list(enumerate(updates)))
    )


def of_maintenance(maintenance: Maintenance, now: datetime) -> tuple[Update, ...]:
    told = [
        (maintenance.planned_at, "scheduled", maintenance.reason),
        (maintenance.start, "in_progress", "The maintenance has begun."),
        (maintenance.end, "completed", "The maintenance is complete."),
    ]
    reached = {"scheduled": 1, "in_progress": 2, "completed": 3}[maintenance.phase(now)]
    return tuple(
        Update(id=public_id("update", f"{maintenance.id}#{status}"), at=at, status=status, text=text)
        for at, status, text in reversed(told[:reached])
    )


def _told(incident: Incident, titles: Sequence[str]) -> Iterator[tuple[datetime, State, str, bool]]:
    """Moment, state, text, and whether somebody wrote it. A note at the moment of a change speaks for it."""
    latest = (incident.opened_at, "investigating", _opening(titles), False)
    for line in sorted(incident.lines, key=lambda line: line.at):
        note = line.text.strip() if line.public else ""
        at, state, _, written = latest
        if line.state == state and not note:
            continue
        if line.state == state and line.at == at and not written:
            latest = (at, state, note, True)
            continue
        yield latest  # type: ignore[misc]  # a state of the model
        latest = (line.at, line.state, note or _news(line.state), bool(note))
    yield latest  # type: ignore[misc]  # a state of the model


def _opening(titles: Sequence[str]) -> str:
    concerned = _listed(titles)
    return f"We are investigating a problem with {concerned}." if concerned else "We are investigating a problem."


def _news(state: State) -> str:
    return {
        "investigating": "The problem is back. We are investigating it.",
        "identified": "We have found the cause and are working on it.",
        "monitoring": "The service works again. We are watching it before we call this resolved.",
        "resolved": "This incident is resolved.",
    }[state]


def _listed(titles: Sequence[str]) -> str:
    *first, last = titles or [""]
    return f"{', '.join(first)} and {last}" if first else last
