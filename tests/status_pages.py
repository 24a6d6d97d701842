"""What happened in made-up weeks: the facts of status pages in each of their states."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.status.describe import describe
from shared.status.model import Component, Facts, Incident, Line, Maintenance, Page, Probe

NOW: Final = datetime(2026, 11, 24, 13, 42, 7, tzinfo=UTC)
URL: Final = "https://status.example.com"
COMPONENTS: Final = (
    Component(id="console", title="Console", description="Signing in and looking at dashboards"),
    Component(id="collection", title="Event collection", description="The tracker and the API that takes events"),
    Component(id="analytics", title="Analytics", description="Events become numbers, and queries answer them"),
)


def ago(**parts: float) -> datetime:
    return (NOW - timedelta(**parts)).replace(microsecond=0)


def solved(
    name: str, title: str, opened: datetime, minutes: int, components: tuple[str, ...], impact: str = "critical"
) -> Incident:
    """An incident that went through all states."""
    end = opened + timedelta(minutes=minutes)
    note = "A deployment exhausted the connections of the database. It was rolled back; no event was lost."
    return Incident(
        id=name, title=title, impact=impact, state="resolved", opened_at=opened, resolved_at=end, components=components,  # type: ignore[arg-type]  # callers write impacts as plain text
        lines=(
            Line(at=opened, state="investigating", text="signal: /health/db answered 503"),
            Line(at=opened + timedelta(minutes=minutes / 3), state="identified"),
            Line(at=end - timedelta(minutes=2), state="monitoring"),
            Line(at=end, state="resolved"), Line(at=end, state="resolved", text=note, public=True),
        ),
    )  # fmt: skip


PAST: Final = (
    solved("INC-1", "Queries answer slowly", ago(days=3, hours=5), 95, ("analytics",), "minor"),
    solved("INC-2", "Events are not accepted", ago(days=9, hours=2), 19, ("collection", "analytics")),
    solved("INC-3", "Some queries fail", ago(days=41), 47, ("analytics",), "major"),
    solved("INC-4", "The console does not open", ago(days=66, hours=9), 7, ("console",)),
)
UPGRADE: Final = Maintenance(
    id="maintenance-1", title="Database upgrade", start=ago(days=-2, minutes=42), end=ago(days=-2, hours=-1),
    reason="We upgrade the database to its next version.\nEvents are taken as usual; queries may fail for up to five minutes.",
    components=("analytics",), planned_at=ago(days=1), changed_at=ago(days=1),
)  # fmt: skip
OPERATIONAL: Final = Facts(
    name="P09 Status", url=URL, since=ago(days=80), components=COMPONENTS, incidents=PAST, maintenances=(UPGRADE,),
    probe=Probe(at=ago(seconds=40)),
)  # fmt: skip
DEGRADED: Final = replace(
    OPERATIONAL,
    incidents=(
        *PAST,
        Incident(
            id="INC-5", title="Queries answer slowly", impact="minor", state="identified", opened_at=ago(minutes=52),
            components=("analytics",),
            lines=(
                Line(at=ago(minutes=52), state="investigating"),
                Line(at=ago(minutes=20), state="identified"),
                Line(at=ago(minutes=20), state="identified", public=True,
                     text="A reader of the database is overloaded. We are adding another one; events are not affected."),
            ),
        ),
    ),
)  # fmt: skip
OUTAGE: Final = replace(
    OPERATIONAL,
    incidents=(
        *PAST,
        Incident(
            id="INC-6", title="The service does not answer", impact="critical", state="investigating",
            opened_at=ago(minutes=11), components=("collection", "analytics"),
            lines=(
                Line(at=ago(minutes=11), state="investigating", text="signal: probe"),
                Line(at=ago(minutes=4), state="investigating", public=True,
                     text="Neither events nor queries are answered. What trackers send is kept by browsers and sent again."),
            ),
        ),
    ),
    probe=Probe(at=ago(seconds=20), failing=("collection", "analytics"), since=ago(minutes=12)),
)  # fmt: skip
MAINTENANCE: Final = replace(OPERATIONAL, maintenances=(replace(UPGRADE, start=ago(minutes=42), end=ago(minutes=-18)),))
STATES: Final[dict[str, Facts]] = {
    "operational": OPERATIONAL, "degraded": DEGRADED, "outage": OUTAGE, "maintenance": MAINTENANCE,
}  # fmt: skip
EMPTY: Final = Facts(name="P09 Status", url=URL, since=NOW, components=COMPONENTS)
page_of: Callable[[Facts], Page] = lambda facts: describe(facts, NOW)  # noqa: E731 -- a name for a one-line function
