"""Organisations and their people."""

from http import HTTPStatus
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from functions.api.services import ServicesOf
from functions.api.trail import TrailOf
from shared.http.authorise import PersonOf
from shared.http.fields import Label
from shared.http.tenancy import acting_for, require
from shared.identity.identity import MemberRole
from shared.identity.view import MembershipView, OrganisationList, OrganisationView

router = APIRouter(tags=["organisations"])


class NewOrganisation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Label


class Member(BaseModel):
    """``subject`` is the person's ``sub`` in the identity provider."""

    model_config = ConfigDict(extra="forbid")

    subject: Label
    role: MemberRole


@router.get("/v1/organisations", summary="Organisations that you belong to")
async def list_organisations(services: ServicesOf, person: PersonOf) -> OrganisationList:
    from shared.identity.tenants import organisations

    with acting_for(services, person) as (connection, roles):
        found = organisations(connection)
    return {"organisations": [{"organisation_id": key, "name": name, "role": roles[key]} for key, name in found]}


@router.post("/v1/organisations", status_code=HTTPStatus.CREATED, summary="Create an organisation")
async def create_organisation(
    new: NewOrganisation, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> OrganisationView:
    """Who makes it is its first owner."""
    from shared.identity.tenants import add_organisation

    organisation_id = uuid4()
    with services.database.transaction([organisation_id]) as connection:
        add_organisation(connection, organisation_id, new.name, person.subject)
        after = {"name": new.name, "owner": person.subject}
        trail.write(connection, organisation_id, "organisation.create", f"organisation/{organisation_id}", after=after)
    return {"organisation_id": organisation_id, "name": new.name, "role": "owner"}


@router.post("/v1/organisations/{organisation_id}/members", status_code=HTTPStatus.CREATED, summary="Add somebody")
async def create_member(
    organisation_id: UUID, member: Member, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> MembershipView:
    """For owners of the organisation."""
    from shared.identity.tenants import add_member

    with acting_for(services, person) as (connection, roles):
        require(roles, organisation_id, "POST", "/v1/organisations/{organisation_id}/members")
        if add_member(connection, organisation_id, member.subject, member.role):
            after = {"role": member.role}
            trail.write(connection, organisation_id, "member.add", f"member/{member.subject}", after=after)
    return {"subject": member.subject, "role": member.role}
