"""Opens a post-incident review in the transaction of what gives rise to it: it can't be forgotten, nor opened twice."""

from dataclasses import replace
from datetime import datetime

from shared.incidents.model import Step
from shared.incidents.review import of_breach, of_incident, told
from shared.incidents.review_store import changes
from shared.incidents.rules import Rules
from shared.incidents.signals import Signal
from shared.platform.aws.dynamodb import Write


def with_review(step: Step, rules: Rules, now: datetime) -> tuple[Step, list[Write]]:
    """A customer-impacting incident that has ended gets its review, unless it has one from an earlier end."""
    incident = step.incident
    if incident.is_open or not incident.counts_for_customers or incident.review is not None:
        return step, []
    review = of_incident(incident, rules, now)
    event = told(review, "opened", now, f"{incident.id} concerned customers and is resolved.")
    return replace(step, incident=replace(incident, review=review.id)), changes(None, review, [event])


def review_of_breach(signal: Signal, rules: Rules, incident: str | None) -> list[Write]:
    """The review of a missed target; of other signals none."""
    if not signal.breach:
        return []
    review = of_breach(signal, rules, incident)
    return changes(None, review, [told(review, "opened", review.opened_at, signal.why)])
