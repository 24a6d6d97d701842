"""A person's act on an incident or a review, tried anew as long as others are faster."""

from collections.abc import Callable
from datetime import datetime

from shared.incidents import by_people
from shared.incidents.by_people import Report, Saying
from shared.incidents.handle_signal import again
from shared.incidents.model import Incident, Step
from shared.incidents.open_review import with_review
from shared.incidents.refusal import NotPossible
from shared.incidents.review import Review, told
from shared.incidents.review_store import ReviewStore
from shared.incidents.rules import Rules
from shared.incidents.store import IncidentStore


def act(
    store: IncidentStore, rules: Rules, incident_id: str, now: datetime, change: Callable[[Incident], Step]
) -> Incident:
    """Change an incident. Raises a refusal, and ``Overtaken`` when it is never its turn."""

    def attempt() -> Incident:
        before = store.get(incident_id)
        step = change(before)
        if step.incident == before:
            return before
        step, review = with_review(ReviewStore(store.table), step, rules, now)
        return store.save(before, step, review)

    return again(attempt)


def report(store: IncidentStore, what: Report, saying: Saying) -> Incident:
    """Open an incident that a person has noticed. Raises NotPossible if one of that title is open."""

    def attempt() -> Incident:
        place = store.place(by_people.cause_of(what.title))
        if place is not None and place.is_open:
            raise NotPossible(f"{place.incident} is open under this title: update that one", ("update",))
        return store.save(None, by_people.reported(what, saying))

    return again(attempt)


def reopen(store: IncidentStore, rules: Rules, incident_id: str, saying: Saying) -> Incident:
    """Raises NotPossible, also if another incident of its cause is open by now."""

    def change(incident: Incident) -> Step:
        step = by_people.reopened(incident, saying)
        places = [place for cause in incident.causes if (place := store.place(cause)) and place.is_open]
        if places:
            detail = f"{places[0].incident} is open for the same cause: update that one"
            raise NotPossible(f"{incident_id} can't be reopened: {detail}", ("update",))
        return step

    return act(store, rules, incident_id, saying.at, change)


def merge(store: IncidentStore, incident_id: str, into: str, saying: Saying) -> Incident:
    """End an incident as part of another; returns the other one."""

    def attempt() -> Incident:
        first, second = store.get(incident_id), store.get(into)
        ended, joined = by_people.merged(first, second, saying)
        return store.save(second, joined, store.changes(first, ended))

    return again(attempt)


def act_on_review(store: ReviewStore, review_id: str, change: Callable[[Review], Review]) -> Review:
    """Change a review, and tell it when that closes it."""

    def attempt() -> Review:
        before = store.get(review_id)
        after = change(before)
        closed = after.closed_at if before.closed_at is None else None
        events = [told(after, "closed", closed, f"Closed by {after.closed_by}.")] if closed else []
        return store.save(before, after, events)

    return again(attempt)
