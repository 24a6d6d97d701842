"""What a request about changes works with: the changes themselves, and how things stand for their gates."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.api.services import Services
    from shared.changes.changes import Changes
    from shared.identity.identity import Person, Pipeline


def desk(services: "Services", person: "Person | Pipeline") -> "Changes":
    """Changes for one person, or the pipeline, now."""
    from shared.changes.changes import Changes
    from shared.runbook.load import the_runbook
    from shared.together.gate_facts import GateFacts

    now = datetime.now(UTC)
    delivery = the_runbook().delivery
    facts = GateFacts(
        kpis=services.kpis, calendar=services.calendar, incidents=services.incidents,
        evaluated_within=delivery.evaluated_within,
    )  # fmt: skip
    return Changes(services.changes, facts.at(now), by=person.actor, now=now, valid_for=delivery.approval_valid_for)
