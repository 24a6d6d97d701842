"""What the API says of events that could not be stored."""

from typing_extensions import TypedDict

from shared.platform.views import view


class DeadLetterView(TypedDict):
    id: str
    error: str
    site_id: int | None
    events: int | None


@view
class DeadLetterList(TypedDict):
    """``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    dead_letters: list[DeadLetterView]
    next_cursor: str | None


@view
class Replayed(TypedDict):
    replayed: int
