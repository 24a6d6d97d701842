"""What the clock does each minute: resolve, escalate, open what was held back, remind of reviews."""

from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools.logging import Logger

from shared.incidents.by_clock import due
from shared.incidents.handle_signal import open_held
from shared.incidents.open_review import with_review
from shared.incidents.review import overdue
from shared.incidents.review_store import ReviewStore
from shared.incidents.rules import Rules
from shared.incidents.store import IncidentStore
from shared.incidents.suppression import MaintenancesAt
from shared.platform.aws.dynamodb import Overtaken

logger = Logger(child=True)


@dataclass(frozen=True, kw_only=True)
class Ticked:
    """Ids of incidents that were opened or changed, and of reviews that were reminded of."""

    opened: tuple[str, ...]
    changed: tuple[str, ...]
    reminded: tuple[str, ...]


def tick(
    incidents: IncidentStore, reviews: ReviewStore, rules: Rules, planned: MaintenancesAt, now: datetime
) -> Ticked:
    """Do what is due by ``now``. What somebody else changes meanwhile is left to the next minute."""
    incidents.count_since(now)
    return Ticked(
        opened=tuple(_open_held(incidents, rules, planned, now)),
        changed=tuple(_change_due(incidents, reviews, rules, now)),
        reminded=tuple(_remind(reviews, rules, now)),
    )


def _open_held(store: IncidentStore, rules: Rules, planned: MaintenancesAt, now: datetime) -> list[str]:
    found = []
    for source in store.held():
        try:
            incident = open_held(store, rules, planned, source, now)
        except Overtaken:
            logger.info("left to the next minute", extra={"source": source.last.source})
        else:
            found += [incident] if incident else []
    return found


def _change_due(store: IncidentStore, reviews: ReviewStore, rules: Rules, now: datetime) -> list[str]:
    found = []
    for incident in store.open_ones():
        step = due(incident, rules, now)
        if step is None:
            continue
        step, review = with_review(reviews, step, rules, now)
        try:
            found.append(store.save(incident, step, review).id)
        except Overtaken:
            logger.info("left to the next minute", extra={"incident": incident.id})
    return found


def _remind(store: ReviewStore, rules: Rules, now: datetime) -> list[str]:
    found = []
    for review in store.open_ones():
        reminder = overdue(review, rules, now)
        if reminder is None:
            continue
        after, event = reminder
        try:
            found.append(store.save(review, after, [event]).id)
        except Overtaken:
            logger.info("left to the next minute", extra={"review": review.id})
    return found
