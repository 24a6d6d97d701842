"""Changes that did not stay: what the pipeline's own runs do not show, because people and gates decided it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.changes.model import Change


@dataclass(frozen=True, kw_only=True)
class Undone:
    """A change that was rolled back; ``commit`` is the one since which it went wrong."""

    change: str
    title: str
    commit: str
    at: datetime
    why: str

    def __str__(self) -> str:
        return f"{self.change} ({self.title}, {self.commit[:7]}) was rolled back: {self.why}"


def undone(changes: Sequence[Change], since: datetime, until: datetime) -> Iterator[Undone]:
    """Of a span, in the order of the changes; demos left out."""
    for change in changes:
        if change.plan.demo:
            continue
        for line in change.story:
            if line.happened == "rolled_back" and since <= line.at < until:
                plan = change.plan
                yield Undone(change=change.id, title=plan.title, commit=plan.commit, at=line.at, why=line.why)
