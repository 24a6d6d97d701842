"""People who sign in with an account of P09's own: who is invited, who is disabled. What is asked is done within seconds."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from functions.api.services import Services, ServicesOf
from shared.accounts.view import AccountList, AccountView
from shared.http.authorise import PersonOf
from shared.http.fields import Email, Label, Reason

if TYPE_CHECKING:
    from shared.accounts.model import Wanted

router = APIRouter(tags=["access"])

Role = Literal["P09-Developer", "P09-SRE", "P09-DBA", "P09-Lead", "P09-Auditor"]


class NewPerson(BaseModel):
    """Somebody who operates P09. Customers' people are invited to their organisation."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    name: Label
    roles: Annotated[list[Role], Field(min_length=1, max_length=5)]


class AccountChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


@router.get("/v1/people", summary="People who were invited, and what became of it")
async def list_people(services: ServicesOf) -> AccountList:
    """By their addresses. Who signs in by SSO, and was never disabled here, is not among them."""
    from shared.accounts.show import account_view

    return {"people": [account_view(one) for one in services.accounts.all()]}


@router.post("/v1/people", status_code=HTTPStatus.ACCEPTED, summary="Invite somebody to operate P09")
async def invite_person(new: NewPerson, services: ServicesOf, person: PersonOf) -> AccountView:
    """They get a mail with a temporary password. Somebody who was invited before gets another one, and these roles."""
    roles = tuple(sorted(set(new.roles)))
    return _ask(services, "invited", new.email, by=person.actor.name, name=new.name, roles=roles)


@router.post("/v1/people/{email}/disable", status_code=HTTPStatus.ACCEPTED, summary="End somebody's access")
async def disable_person(
    email: Annotated[Email, Path()], _change: AccountChange, services: ServicesOf, person: PersonOf
) -> AccountView:
    """Within a minute their sessions have ended, and they can't sign in. Memberships stay, and count again when enabled."""
    return _ask(services, "disabled", email, by=person.actor.name)


@router.post("/v1/people/{email}/enable", status_code=HTTPStatus.ACCEPTED, summary="Give somebody access again")
async def enable_person(
    email: Annotated[Email, Path()], _change: AccountChange, services: ServicesOf, person: PersonOf
) -> AccountView:
    """With the password and the roles that they had."""
    return _ask(services, "enabled", email, by=person.actor.name)


def _ask(services: Services, wanted: "Wanted", email: str, **more: Any) -> AccountView:
    from shared.accounts.model import ask
    from shared.accounts.show import account_view

    before = services.accounts.get(email)
    after = ask(before, wanted, email, now=datetime.now(UTC), **more)
    services.accounts.ask(before, after)
    return account_view(after)
