"""What the API takes and says of incidents. What it says is built when something asks for it."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.http.fields import COMPONENT, Form

Severity = Literal["page", "ticket"]
State = Literal["investigating", "identified", "monitoring", "resolved"]
UnresolvedState = Literal["investigating", "identified", "monitoring"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
ComponentId = Annotated[str, COMPONENT]
Components = Annotated[list[ComponentId], Field(max_length=20)]
INCIDENT_ID: Final = Form(r"^INC-\d{8}-\d{6}-[0-9a-f]{6}$", "an incident's id, such as INC-20261124-133306-3f9a0c")
IncidentId = Annotated[str, INCIDENT_ID]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OpenIncident(_Said):
    """What a person has noticed. One incident is open per title: a second one is refused and names the first."""

    title: Text
    severity: Severity = "ticket"
    customer_impacting: bool = False
    components: Components = []
    owner: Name = ""
    note: Note = ""
    public: Annotated[bool, Field(description="Whether the note is for customers' eyes.")] = False


class AcknowledgeIncident(_Said):
    note: Note = ""


class UpdateIncident(_Said):
    """What is left out or null stays as it is; signals do not change again what a person has set."""

    note: Note = ""
    public: Annotated[bool, Field(description="Whether the note is for customers' eyes.")] = False
    title: Text | None = None
    state: UnresolvedState | None = None
    severity: Severity | None = None
    customer_impacting: bool | None = None
    owner: Name | None = None
    components: Components | None = None


class MergeIncident(_Said):
    into: IncidentId
    note: Note = ""


class ResolveIncident(_Said):
    note: Note = ""
    public: bool = False
    although_failing: Annotated[bool, Field(description="Resolve it while what opened it still fails.")] = False


class ReopenIncident(_Said):
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    public: bool = False


class _View(BaseModel):
    model_config = ConfigDict(defer_build=True)


class IncidentView(_View):
    """``failing`` are the sources that have not recovered, ``signals`` how many were counted; ``review`` is the id of its
    post-incident review, ``may`` what can be done with it now."""

    id: str
    title: str
    state: State
    severity: Severity
    customer_impacting: bool
    components: list[str]
    owner: str
    causes: list[str]
    failing: list[str]
    signals: int
    sequence: int
    opened_at: str
    opened_by: str
    acknowledged_at: str | None
    acknowledged_by: str
    escalated: list[Severity]
    monitoring_since: str | None
    resolved_at: str | None
    merged_into: str | None
    review: str | None
    may: list[Literal["acknowledge", "update", "merge", "resolve", "reopen"]]


class TimelineEntryView(_View):
    """``by`` is a person's username, or "" for what happened by itself. ``links`` name further records, such as a decision."""

    at: str
    kind: Literal["signal", "change", "note"]
    by: str
    text: str
    public: bool
    state: State
    links: dict[str, str]


class IncidentDetail(IncidentView):
    timeline: list[TimelineEntryView]


class IncidentList(_View):
    """``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    incidents: list[IncidentView]
    next_cursor: str | None
