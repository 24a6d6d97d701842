"""Pages of incidents and reviews that fit a state, newest first."""

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from shared.incidents.model import Incident
from shared.incidents.review import Review
from shared.incidents.review_store import ReviewStore
from shared.incidents.store import IncidentStore

_AT_ONCE: Final = 100


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Found = TypeVar("Found", bound=_Identified)
Read = Callable[[str | None, int], list[Found]]


def incidents_page(
    store: IncidentStore, *, state: str | None, before: str | None, limit: int
) -> tuple[list[Incident], str | None]:
    """A page and the cursor of the next one. ``state`` "open" is every state but resolved."""

    def fits(incident: Incident) -> bool:
        return state in {None, incident.state} or (state == "open" and incident.is_open)

    return _page(lambda cursor, count: store.newest(before=cursor, limit=count), fits, before, limit)


def reviews_page(
    store: ReviewStore, *, state: str | None, before: str | None, limit: int
) -> tuple[list[Review], str | None]:
    """A page and the cursor of the next one. ``state`` is "open" or "closed"."""

    def fits(review: Review) -> bool:
        return state is None or (state == "open") == (review.closed_at is None)

    return _page(lambda cursor, count: store.newest(before=cursor, limit=count), fits, before, limit)


def _page(
    read: Read[Found], fits: Callable[[Found], bool], before: str | None, limit: int
) -> tuple[list[Found], str | None]:
    found: list[Found] = []
    while len(found) <= limit:
        read_now = read(before, _AT_ONCE)
        found += filter(fits, read_now)
        if len(read_now) < _AT_ONCE:
            break
        before = read_now[-1].id
    return found[:limit], found[limit - 1].id if len(found) > limit else None
