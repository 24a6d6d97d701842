"""Which announcement goes to which channel."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from shared.runbook.fields import Duration, Section, Text

IncidentKind = Literal[
    "incident_opened",
    "incident_updated",
    "incident_escalated",
    "incident_monitoring",
    "incident_resolved",
    "incident_reopened",
]
ReviewKind = Literal["review_opened", "review_overdue", "review_closed"]
CalendarKind = Literal[
    "maintenance_planned",
    "maintenance_changed",
    "maintenance_began",
    "maintenance_ended",
    "maintenance_cancelled",
    "freeze_planned",
    "freeze_changed",
    "freeze_began",
    "freeze_ended",
    "freeze_cancelled",
]
DeploymentKind = Literal[
    "deployment_overridden",
    "deployment_promoted",
    "deployment_verified",
    "deployment_rolled_back",
    "deployment_cancelled",
]
AccessKind = Literal["credential_issued", "credential_ended", "break_glass_used", "break_glass_approved"]
ReportKind = Literal["error_budget_report", "task_report"]
PersonKind = Literal["planned_deployment", "notice"]
Kind = IncidentKind | ReviewKind | CalendarKind | DeploymentKind | AccessKind | ReportKind | PersonKind
"""What an announcement tells. Each has its template in ``shared/communication/templates.py``."""

Via = Literal["slack", "email", "webhook"]
ChannelId = Annotated[str, Field(pattern="^[a-z_]{1,40}$")]


class Channel(Section):
    """``name`` is the channel's in Slack, and for people everywhere else. Where it is comes from the stage's secrets."""

    name: Text
    via: Via
    kinds: Annotated[list[Kind], Field(min_length=1)]


class Communication(Section):
    """``patience``: how long a message waits for those before it in its thread. ``reports``: tasks whose verdict is told."""

    patience: Duration
    give_up_after: Duration
    reports: list[Text]
    channels: Annotated[Mapping[ChannelId, Channel], Field(min_length=1)]

    def wanting(self, kind: str) -> tuple[str, ...]:
        """The channels to which a kind goes."""
        return tuple(name for name, channel in self.channels.items() if kind in channel.kinds)
