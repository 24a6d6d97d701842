"""The timeline of a review, from the records: what its incident says, or else the breach that it was opened for."""

from shared.incidents.model import Entry
from shared.incidents.review import Review
from shared.incidents.store import IncidentStore


def review_timeline(store: IncidentStore, review: Review) -> list[Entry]:
    if review.incident is not None:
        return store.timeline(review.incident)
    links = {"decision": review.decision or "", "signal": review.signal or ""}
    return [Entry(at=review.opened_at, kind="signal", text=review.title, state="investigating", links=links)]
