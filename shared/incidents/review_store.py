"""Reviews in the operations table: each once for what it is about, whatever is delivered how often."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.events.incidents import ReviewChanged
from shared.incidents.record import review_of, to_text
from shared.incidents.refusal import UnknownReview
from shared.incidents.review import Review
from shared.platform.aws.dynamodb import Delete, Item, Put, Table, Write
from shared.platform.outbox import leave

_REVIEWS: Final = "reviews"
_OPEN: Final = "reviews#open"
_BEHIND_EVERY_ID: Final = "~"


class ReviewStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, review_id: str) -> Review:
        """Raises UnknownReview."""
        item = self._table.get(_REVIEWS, review_id)
        if item is None:
            raise UnknownReview(review_id)
        return review_of(str(item["record"]))

    def newest(self, *, before: str | None = None, limit: int) -> list[Review]:
        found = self._table.query(_REVIEWS, before=before or _BEHIND_EVERY_ID, newest_first=True, limit=limit)
        return [review_of(str(item["record"])) for item in found]

    def open_ones(self) -> list[Review]:
        """Oldest first."""
        keys = [(_REVIEWS, str(item["sk"])) for item in self._table.query(_OPEN)]
        return sorted(
            (review_of(str(item["record"])) for item in self._table.get_many(keys).values()), key=lambda one: one.id
        )

    def save(self, before: Review, after: Review, told: Sequence[ReviewChanged] = ()) -> Review:
        """Raises ``Overtaken``, and then has written nothing."""
        self._table.write(changes(before, after, told))
        return _written(after)


def changes(before: Review | None, after: Review, told: Sequence[ReviewChanged]) -> list[Write]:
    """The writes of a change; the first has the condition that the review is as it was."""
    written = _written(after)
    item: Item = {"pk": _REVIEWS, "sk": after.id, "record": to_text(written), "version": written.version}
    found: list[Write] = [Put(item=item, expect={"version": before.version if before else None})]
    if before is None:
        found.append(Put(item={"pk": _OPEN, "sk": after.id}))
    elif before.closed_at is None and after.closed_at is not None:
        found.append(Delete(key=(_OPEN, after.id)))
    return [*found, *map(leave, told)]


def _written(review: Review) -> Review:
    return replace(review, version=review.version + 1)
