"""Incidents: what is open, what happened, and what people do about it; from the operations table alone."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.api.services import Services, ServicesOf
from shared.http.authorise import PersonOf
from shared.http.fields import COMPONENT, Form
from shared.incidents.view import IncidentDetail, IncidentList, Severity
from shared.platform.refusals import Refused

if TYPE_CHECKING:
    from shared.identity.identity import Person
    from shared.incidents.by_people import Saying
    from shared.incidents.model import Incident

router = APIRouter(tags=["operations"])

UnresolvedState = Literal["investigating", "identified", "monitoring"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Components = Annotated[list[Annotated[str, COMPONENT]], Field(max_length=20)]
INCIDENT: Final = Form(r"^INC-\d{8}-\d{6}-[0-9a-f]{6}$", "an incident's id, such as INC-20261124-133306-3f9a0c")
IncidentId = Annotated[str, Path(), INCIDENT]


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
    into: Annotated[str, INCIDENT]
    note: Note = ""


class ResolveIncident(_Said):
    note: Note = ""
    public: bool = False
    although_failing: Annotated[bool, Field(description="Resolve it while what opened it still fails.")] = False


class ReopenIncident(_Said):
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    public: bool = False


@router.get("/v1/incidents", summary="Incidents, newest first")
async def incidents(
    services: ServicesOf,
    state: Annotated[
        Literal["open", "investigating", "identified", "monitoring", "resolved"] | None,
        Query(description="`open` is every state but resolved."),
    ] = None,
    cursor: Annotated[Annotated[str, INCIDENT] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> IncidentList:
    from shared.incidents.page import incidents_page
    from shared.incidents.show import incident_view

    found, following = incidents_page(services.incidents, state=state, before=cursor, limit=limit)
    return {"incidents": [incident_view(one) for one in found], "next_cursor": following}


@router.get("/v1/incidents/{incident_id}", summary="One incident with its timeline")
async def incident(incident_id: IncidentId, services: ServicesOf) -> IncidentDetail:
    return _detail(services, services.incidents.get(incident_id))


@router.post("/v1/incidents", status_code=HTTPStatus.CREATED, summary="Open an incident")
async def open_incident(wanted: OpenIncident, services: ServicesOf, person: PersonOf) -> IncidentDetail:
    from shared.incidents.act import report
    from shared.incidents.by_people import Report

    what = Report(
        title=wanted.title, severity=wanted.severity, customer_impacting=wanted.customer_impacting,
        components=_components(services, wanted.components), owner=wanted.owner,
    )  # fmt: skip
    opened = report(services.incidents, what, _saying(person, wanted.note, public=wanted.public))
    return _detail(services, opened)


@router.post("/v1/incidents/{incident_id}/acknowledge", summary="Attend to it")
async def acknowledge_incident(
    incident_id: IncidentId, wanted: AcknowledgeIncident, services: ServicesOf, person: PersonOf
) -> IncidentDetail:
    """Whoever acknowledges an incident that nobody owns owns it. A second time changes nothing."""
    from shared.incidents import by_people
    from shared.incidents.act import act

    saying = _saying(person, wanted.note)
    store, rules = services.incidents, services.incident_rules
    return _detail(services, act(store, rules, incident_id, saying.at, lambda one: by_people.acknowledged(one, saying)))


@router.post("/v1/incidents/{incident_id}/updates", summary="Say or set something")
async def update_incident(
    incident_id: IncidentId, wanted: UpdateIncident, services: ServicesOf, person: PersonOf
) -> IncidentDetail:
    from shared.incidents import by_people
    from shared.incidents.act import act

    saying = _saying(person, wanted.note, public=wanted.public)
    values = wanted.model_dump(exclude_none=True, exclude={"note", "public"})
    if wanted.components is not None:
        values["components"] = _components(services, wanted.components)
    store, rules = services.incidents, services.incident_rules
    changed = act(store, rules, incident_id, saying.at, lambda one: by_people.updated(one, saying, values))
    return _detail(services, changed)


@router.post("/v1/incidents/{incident_id}/merge", summary="It is part of another one")
async def merge_incident(
    incident_id: IncidentId, wanted: MergeIncident, services: ServicesOf, person: PersonOf
) -> IncidentDetail:
    """Ends it; what it was opened by belongs to the other one from now on, which is answered."""
    from shared.incidents.act import merge

    return _detail(services, merge(services.incidents, incident_id, wanted.into, _saying(person, wanted.note)))


@router.post("/v1/incidents/{incident_id}/resolve", summary="It is over")
async def resolve_incident(
    incident_id: IncidentId, wanted: ResolveIncident, services: ServicesOf, person: PersonOf
) -> IncidentDetail:
    from shared.incidents import by_people
    from shared.incidents.act import act

    saying = _saying(person, wanted.note, public=wanted.public)
    resolved = act(
        services.incidents, services.incident_rules, incident_id, saying.at,
        lambda one: by_people.resolved(one, saying, although_failing=wanted.although_failing),
    )  # fmt: skip
    return _detail(services, resolved)


@router.post("/v1/incidents/{incident_id}/reopen", summary="It is not over after all")
async def reopen_incident(
    incident_id: IncidentId, wanted: ReopenIncident, services: ServicesOf, person: PersonOf
) -> IncidentDetail:
    from shared.incidents.act import reopen

    saying = _saying(person, wanted.note, public=wanted.public)
    return _detail(services, reopen(services.incidents, services.incident_rules, incident_id, saying))


def _saying(person: "Person", note: str, *, public: bool = False) -> "Saying":
    from shared.incidents.by_people import Saying

    now = datetime.now(UTC).replace(microsecond=0)
    return Saying(by=person.username, at=now, note=note, public=public)


def _components(services: Services, wanted: list[str]) -> tuple[str, ...]:
    known = services.incident_rules.components
    unknown = [one for one in wanted if one not in known]
    if unknown:
        detail = f"components: {', '.join(unknown)}: the service has {', '.join(known)}"
        raise Refused(detail, "components")
    return tuple(dict.fromkeys(wanted))


def _detail(services: Services, found: "Incident") -> IncidentDetail:
    from shared.incidents.show import incident_detail

    return incident_detail(found, services.incidents.timeline(found.id))
