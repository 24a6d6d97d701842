"""People of an organisation, and invitations to it."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict

from functions.api.services import Services, ServicesOf
from functions.api.trail import TrailOf
from shared.http.authorise import PersonOf
from shared.http.fields import ONE_LINE, Email, Form, Label
from shared.http.tenancy import acting_for, require
from shared.identity.identity import MemberRole
from shared.identity.view import InvitationList, Joined, MadeInvitation, MemberList, RoleView
from shared.platform.refusals import Unknown

if TYPE_CHECKING:
    from shared.identity.people import InvitationToken

router = APIRouter(tags=["organisations"])

Subject = Annotated[str, Path(min_length=1, max_length=100), ONE_LINE]


class NewRole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: MemberRole


class NewInvitation(BaseModel):
    """``label`` says whom it is for: a name or a mail address. With ``email`` the invitation is mailed there, with a temporary
    password for somebody who has no account yet."""

    model_config = ConfigDict(extra="forbid")

    role: MemberRole
    label: Label
    email: Email | None = None


class InvitationAcceptance(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Annotated[
        str, Form(r"^p09i_[A-Za-z0-9_-]{43}$", "an invitation's token, such as p09i_…, whole", quotable=False)
    ]


@router.get("/v1/organisations/{organisation_id}/members", summary="People of an organisation")
async def list_members(organisation_id: UUID, services: ServicesOf, person: PersonOf) -> MemberList:
    """For members."""
    from shared.identity.people import members
    from shared.identity.show import member_view

    with acting_for(services, person) as (connection, roles):
        require(roles, organisation_id, "GET", "/v1/organisations/{organisation_id}/members")
        found = members(connection, organisation_id)
    return {"members": [member_view(one) for one in found]}


@router.put("/v1/organisations/{organisation_id}/members/{subject}", summary="Give somebody another role")
async def change_member(
    organisation_id: UUID, subject: Subject, new: NewRole, services: ServicesOf, person: PersonOf, *, trail: TrailOf
) -> RoleView:
    """For owners. One of them has to stay."""
    from shared.identity.people import change_role

    with acting_for(services, person) as (connection, roles):
        require(roles, organisation_id, "PUT", "/v1/organisations/{organisation_id}/members/{subject}")
        before = change_role(connection, organisation_id, subject, new.role)
        if before is None:
            raise _no_member(organisation_id, subject)
        change = {"before": {"role": before}, "after": {"role": new.role}}
        trail.write(connection, organisation_id, "member.change", f"member/{subject}", **change)
    return {"role": new.role}


@router.delete(
    "/v1/organisations/{organisation_id}/members/{subject}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Remove somebody",
)
async def delete_member(
    organisation_id: UUID, subject: Subject, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> Response:
    """For owners, and for oneself. One owner has to stay."""
    from shared.identity.people import remove_member

    with acting_for(services, person) as (connection, roles):
        if subject != person.subject or organisation_id not in roles:
            require(roles, organisation_id, "DELETE", "/v1/organisations/{organisation_id}/members/{subject}")
        before = remove_member(connection, organisation_id, subject)
        if before is None:
            raise _no_member(organisation_id, subject)
        trail.write(connection, organisation_id, "member.remove", f"member/{subject}", before={"role": before})
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/v1/organisations/{organisation_id}/invitations", summary="Invitations that can be accepted")
async def list_invitations(organisation_id: UUID, services: ServicesOf, person: PersonOf) -> InvitationList:
    """For owners."""
    from shared.identity.people import invitations
    from shared.identity.show import invitation_view

    with acting_for(services, person) as (connection, roles):
        require(roles, organisation_id, "GET", "/v1/organisations/{organisation_id}/invitations")
        found = invitations(connection, organisation_id)
    return {"invitations": [invitation_view(one) for one in found]}


@router.post(
    "/v1/organisations/{organisation_id}/invitations", status_code=HTTPStatus.CREATED, summary="Invite somebody"
)
async def create_invitation(
    organisation_id: UUID, new: NewInvitation, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> MadeInvitation:
    """For owners. The token is good for seven days and one acceptance; a mail, where one was asked for, has it in a link."""
    from shared.identity.people import InvitationToken, invite
    from shared.identity.show import invitation_view

    token = InvitationToken.make()
    with acting_for(services, person) as (connection, roles):
        require(roles, organisation_id, "POST", "/v1/organisations/{organisation_id}/invitations")
        made = invite(connection, organisation_id, new.role, new.label, token)
        after = new.model_dump(exclude_none=True)
        trail.write(connection, organisation_id, "invitation.create", f"invitation/{made.id}", after=after)
        if new.email:
            # Within the transaction: without its mail there is no invitation.
            _send(services, new.email, new.label, token, by=person.actor.name)
    return {**invitation_view(made), "token": token.text.reveal()}


@router.delete(
    "/v1/organisations/{organisation_id}/invitations/{invitation_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Withdraw an invitation",
)
async def delete_invitation(
    organisation_id: UUID, invitation_id: UUID, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> Response:
    """For owners."""
    from shared.identity.people import withdraw

    with acting_for(services, person) as (connection, roles):
        require(roles, organisation_id, "DELETE", "/v1/organisations/{organisation_id}/invitations/{invitation_id}")
        found = withdraw(connection, organisation_id, invitation_id)
        if found is None:
            raise Unknown(f"there is no invitation {invitation_id} that could still be accepted")
        before = {"role": found.role, "label": found.label}
        trail.write(connection, organisation_id, "invitation.withdraw", f"invitation/{invitation_id}", before=before)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/v1/invitations/acceptance", summary="Accept an invitation")
async def accept_invitation(
    sent: InvitationAcceptance, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> Joined:
    """Whoever signed in and has the token becomes a member; who is one already keeps their role."""
    from shared.identity.people import InvitationToken, accept, presented
    from shared.platform.postgres import act_for
    from shared.platform.secret import Secret

    token = InvitationToken(Secret(sent.token))
    with services.database.transaction(invitation_sha256=token.digest.hex()) as connection:
        invitation = presented(connection, token)
        if invitation is None:
            raise _no_invitation()
        act_for(connection, [invitation.organisation_id])
        if not accept(connection, invitation, person.subject):
            raise _no_invitation()
        after = {"role": invitation.role, "invitation": str(invitation.id)}
        trail.write(
            connection, invitation.organisation_id, "invitation.accept", f"member/{person.subject}", after=after
        )
    return {"organisation_id": invitation.organisation_id, "role": invitation.role}


def _send(services: Services, email: str, name: str, token: "InvitationToken", *, by: str) -> None:
    from shared.accounts.model import ask

    before = services.accounts.get(email)
    # What stands behind the # is sent to no server and gets into no log.
    page = f"/invitation#{token.text.reveal()}"
    services.accounts.ask(before, ask(before, "invited", email, by=by, now=datetime.now(UTC), name=name, page=page))


def _no_member(organisation_id: UUID, subject: str) -> Unknown:
    return Unknown(f"{subject} is not a member of organisation {organisation_id}")


def _no_invitation() -> Unknown:
    return Unknown("the invitation is unknown, was used, withdrawn or has expired: ask for a new one")
