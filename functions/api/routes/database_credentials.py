"""Temporary database credentials: asked for with a reason, shown once, ended at any time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.api.services import Services, ServicesOf
from functions.api.trail import TrailOf
from shared.audit.chain import OPERATIONS
from shared.credentials.view import CredentialList, CredentialView, MadeCredential
from shared.http.authorise import PersonOf
from shared.http.fields import ONE_LINE, Form
from shared.identity.identity import DBA, Person
from shared.platform.refusals import NotAllowed, NotNow, Refused, Unknown

if TYPE_CHECKING:
    from shared.credentials.lease import Lease

router = APIRouter(tags=["access"])

PATH: Final = "/v1/access/database-credentials"
HOUR: Final = 3600
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=500), ONE_LINE]
CREDENTIAL: Final = Form("^[0-9a-z]{12}$", "a credential's id, 12 characters of 0-9 and a-z")
CredentialId = Annotated[str, Path(), CREDENTIAL]


class NewCredential(BaseModel):
    """``break_glass`` is for who is on call without the DBA role: one hour, and a second person approves it afterwards."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    duration_seconds: Annotated[int, Field(ge=60, le=8 * HOUR)] = HOUR
    access: Literal["read", "write"] = "read"
    break_glass: bool = False


class Approval(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


@router.post(PATH, status_code=HTTPStatus.CREATED, summary="Get a database login for some time")
async def create_credential(
    new: NewCredential, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> MadeCredential:
    """For the DBA role; at most eight hours. Its end terminates sessions and drops the role."""
    from shared.credentials.lease import Lease, new_id, new_password

    _check(new, person)
    now, password = datetime.now(UTC), new_password()
    until = now + timedelta(seconds=new.duration_seconds)
    lease = Lease(
        id=new_id(now), by=person.actor.name, subject=person.subject, reason=new.reason,
        access=new.access, issued_at=now, expires_at=until, break_glass=new.break_glass,
    )  # fmt: skip
    after = new.model_dump(exclude={"reason"}) | {"role": lease.role}
    entry = trail.entry(
        OPERATIONS, "database-credential.issue", f"database-credential/{lease.id}", after=after, reason=new.reason
    )
    active = services.credentials.issue(lease, password, entry)
    settings = services.settings
    return {
        **_view(active, person), "password": password.reveal(), "host": settings.postgres_host,
        "port": int(settings.postgres_port), "database": settings.postgres_database,
    }  # fmt: skip


@router.get(PATH, summary="Database logins that were given out")
async def list_credentials(
    services: ServicesOf,
    person: PersonOf,
    cursor: Annotated[Annotated[str, CREDENTIAL] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> CredentialList:
    found = services.leases.page(before=cursor, limit=limit + 1)
    views = [_view(lease, person) for lease in found[:limit]]
    return {"credentials": views, "next_cursor": views[-1]["id"] if len(found) > limit else None}


@router.delete(
    PATH + "/{credential_id}", summary="End a database login now",
    responses={HTTPStatus.ACCEPTED.value: {"model": CredentialView}},
)  # fmt: skip
async def end_credential(
    credential_id: CredentialId, services: ServicesOf, person: PersonOf, trail: TrailOf, response: Response
) -> CredentialView:
    """200: sessions and role are gone. 202: PostgreSQL can't be reached; they will be as soon as it can."""
    from shared.credentials.credentials import StillInUse
    from shared.platform.aws.dynamodb import Overtaken
    from shared.platform.failures import PostgresUnavailable

    lease = _lease(services, credential_id)
    if lease.state == "ended":
        return _view(lease, person)
    why = f"ended by {trail.actor}"
    entry = trail.entry(
        OPERATIONS, "database-credential.end", f"database-credential/{lease.id}", after={"role": lease.role}
    )
    try:
        return _view(services.credentials.end(lease, entry, why, datetime.now(UTC)), person)
    except Overtaken:
        return _view(_lease(services, credential_id), person)
    except (PostgresUnavailable, StillInUse):
        ending = replace(lease, state="ending", ended_why=why)
        services.leases.change(lease, ending)
        response.status_code = HTTPStatus.ACCEPTED
        return _view(ending, person)


@router.post(PATH + "/{credential_id}/approval", summary="Approve a break-glass afterwards")
async def approve_credential(
    credential_id: CredentialId, approval: Approval, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> CredentialView:
    """For somebody else than who broke the glass; after a day without it an incident is open."""
    from shared.credentials.credentials import approved_event

    lease = _lease(services, credential_id)
    if not lease.break_glass or lease.approved_by:
        raise NotNow("this credential needs no approval, or has it already")
    if person.actor.may_be(lease.holder):
        raise NotAllowed("a second person has to approve it: you are the one who has it")
    approved = replace(lease, approved_by=person.actor.name)
    # Written first: an approval without a trace is worse than a trace of one that has to be given again.
    with services.database.transaction([OPERATIONS]) as connection:
        subject = f"database-credential/{lease.id}"
        trail.write(connection, OPERATIONS, "database-credential.approve", subject, reason=approval.reason)
    services.leases.change(lease, approved, approved_event(approved, approval.reason, datetime.now(UTC)))
    return _view(approved, person)


def _check(new: NewCredential, person: Person) -> None:
    from shared.credentials.lease import LONGEST_BREAK_GLASS

    if not new.break_glass and DBA not in person.roles:
        raise NotAllowed(f"this takes the role {DBA}, or break_glass when you are on call")
    if new.break_glass and new.duration_seconds > LONGEST_BREAK_GLASS.total_seconds():
        raise Refused("duration_seconds: a break-glass lasts an hour at most, 3600", "duration_seconds")


def _lease(services: Services, credential_id: str) -> "Lease":
    lease = services.leases.get(credential_id)
    if lease is None:
        raise Unknown(f"there is no credential {credential_id}: GET {PATH} lists them")
    return lease


def _view(lease: "Lease", person: Person) -> CredentialView:
    return {
        "id": lease.id, "role": lease.role, "by": lease.by, "own": person.actor.may_be(lease.holder),
        "reason": lease.reason, "access": lease.access, "state": lease.state, "break_glass": lease.break_glass,
        "approved_by": lease.approved_by, "issued_at": lease.issued_at, "expires_at": lease.expires_at,
        "ended_at": lease.ended_at, "ended_why": lease.ended_why,
    }  # fmt: skip
