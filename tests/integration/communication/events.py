"""Events as they come over the bus."""

from collections.abc import Sequence
from typing import Any

from shared.events.access import BreakGlassApproved, DatabaseCredentialEnded, DatabaseCredentialIssued
from shared.events.calendar import CalendarChanged
from shared.events.deployments import DeploymentChanged
from shared.events.event import Event
from shared.events.incidents import IncidentChanged, ReviewChanged
from shared.events.runbook import TaskPassed


def incident(number: int, sequence: int, change: Any, **fields: Any) -> IncidentChanged:
    state = {"monitoring": "monitoring", "resolved": "resolved"}.get(change, "investigating")
    usual: dict[str, Any] = {
        "title": f"The service is not well ({number})", "state": state, "severity": "page", "customer_impacting": True,
        "components": ["collection"], "owner": "", "note": "", "public": False,
    }  # fmt: skip
    return IncidentChanged(
        id=f"INC-{number}-{sequence}", at=f"2026-11-24T11:{number:02}:{sequence:02}Z", incident=f"INC-{number}",
        sequence=sequence, change=change, **(usual | fields),
    )  # fmt: skip


def story(
    number: int, changes: Sequence[str] = ("opened", "updated", "acknowledged", "monitoring", "resolved")
) -> list[Event]:
    """An incident from its beginning to its end; its update is a count more, of which nothing is said."""
    return [incident(number, sequence, change) for sequence, change in enumerate(changes, start=1)]


REVIEW = ReviewChanged(
    id="PIR-1-opened", at="2026-11-24T11:50:00Z", review="PIR-1", change="opened", title="The service was not well",
    due="2026-12-01T11:50:00Z", owner="", why="INC-1 concerned customers and is resolved.",
)  # fmt: skip
MAINTENANCE = CalendarChanged(
    id="maintenance-1-planned", at="2026-11-24T10:00:00Z", entry="maintenance-1", kind="maintenance", change="planned",
    title="New disks", start="2026-11-25T22:00:00Z", end="2026-11-25T23:00:00Z", components=["analytics"], reason="They are full.",
)  # fmt: skip
BUDGETS = TaskPassed(
    id="error_budget_review-20261124T080000Z-passed", at="2026-11-24T08:00:05Z", task="error_budget_review",
    title="Review error budget burn-down chart", run="error_budget_review-20261124T080000Z",
    scheduled_for="2026-11-24T08:00:00Z", why="Availability: passed, 99.0% left; p95 latency: passed, 80.0% left",
)  # fmt: skip
DEPLOYMENT = DeploymentChanged(
    id="CHG-1-1", at="2026-11-24T12:00:00Z", deployment="CHG-1", sequence=1, change="planned", title="Faster funnels",
    impact="Nothing is down.", planned_for="2026-11-24T14:00:00Z", by="ada", why="Nothing is down.",
)  # fmt: skip
_CREDENTIAL: dict[str, Any] = {
    "credential": "t5abcde12345", "role": "p09_temp_t5abcde12345", "by": "dee", "access": "read",
    "until": "2026-11-24T13:00:00Z", "break_glass": False,
}  # fmt: skip
ISSUED = DatabaseCredentialIssued(
    id="t5abcde12345-issued", at="2026-11-24T12:00:00Z", reason="a slow query of a customer", **_CREDENTIAL
)
ENDED = DatabaseCredentialEnded(
    id="t5abcde12345-ended", at="2026-11-24T12:30:00Z", reason="ended by person:dee", **_CREDENTIAL
)
APPROVED = BreakGlassApproved(
    id="t5abcde12345-approved", at="2026-11-24T14:00:00Z", reason="the database was down", approved_by="lee",
    **_CREDENTIAL | {"break_glass": True},
)  # fmt: skip
