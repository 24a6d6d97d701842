"""Opens a post-incident review in the transaction of what gives rise to it: it can't be forgotten, nor opened twice.

One outage has one review: what else it breaches is in its incident's timeline, and so in that of the review.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.incidents.model import Incident, Step
from shared.incidents.review import completed, of_breach, of_incident, told
from shared.incidents.review_store import ReviewStore, changes
from shared.incidents.rules import Rules
from shared.incidents.signals import Signal
from shared.platform.aws.dynamodb import Write


def with_review(reviews: ReviewStore, step: Step, rules: Rules, now: datetime) -> tuple[Step, Sequence[Write]]:
    """A customer-impacting incident that has ended gets its review, or completes the one that a breach has opened."""
    incident = step.incident
    if incident.is_open:
        return step, []
    if incident.review is not None:
        before = reviews.get(incident.review)
        after = completed(before, incident, rules, now)
        return step, changes(before, after, []) if after != before else []
    if not incident.counts_for_customers:
        return step, []
    review = of_incident(incident, rules, now)
    event = told(review, "opened", now, f"{incident.id} affected customers and is resolved.")
    return replace(step, incident=replace(incident, review=review.id)), changes(None, review, [event])


def with_review_of_breach(
    signal: Signal, rules: Rules, step: Step | None, last: Incident | None
) -> tuple[Step | None, Sequence[Write]]:
    """The review of a missed target, unless the incident to which it belongs has one; of other signals none.

    ``last`` is the last incident of its cause: what changes none may still have happened during that one.
    """
    if not signal.breach or (step is None and last is not None and _lasted_at(last, signal.at)):
        return step, []
    incident = step.incident if step else None
    if incident is not None and incident.review is not None:
        return step, []
    review = of_breach(signal, rules, incident.id if incident else None)
    opened = changes(None, review, [told(review, "opened", review.opened_at, signal.why)])
    return (replace(step, incident=replace(step.incident, review=review.id)) if step else None), opened


def _lasted_at(incident: Incident, moment: datetime) -> bool:
    """Whether it has a review for what happened then."""
    over = incident.resolved_at is not None and incident.resolved_at < moment
    return incident.review is not None and incident.opened_at <= moment and not over
