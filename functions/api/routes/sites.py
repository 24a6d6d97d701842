"""Sites."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from functions.api.services import ServicesOf
from functions.api.trail import TrailOf
from shared.http.authorise import PersonOf, TenantOf
from shared.http.fields import Form, Label
from shared.http.tenancy import acting_for, require
from shared.identity.identity import KeyBearer
from shared.identity.view import SiteList, SiteView

if TYPE_CHECKING:
    from shared.identity.tenants import DomainTaken

router = APIRouter(tags=["sites"])

MAX_PAGE = 1000
MAX_SITE_ID = 2**31 - 1


def _check_timezone(name: str) -> str:
    from shared.analytics.local_time import is_timezone

    if not is_timezone(name):
        raise ValueError("is not a time zone: use a name of the IANA database, such as Europe/Berlin")
    return name


Domain = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=253),
    Form(
        r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?$",
        "a domain without https://, such as example.com",
    ),
]


class NewSite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Label
    domain: Domain
    organisation_id: UUID
    timezone: Annotated[str, AfterValidator(_check_timezone)] = "Etc/UTC"


@router.get("/v1/sites", summary="Sites that you may see")
async def list_sites(
    services: ServicesOf,
    caller: TenantOf,
    cursor: Annotated[int, Query(ge=0, le=MAX_SITE_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
) -> SiteList:
    from shared.identity.show import site_view
    from shared.identity.tenants import sites

    with acting_for(services, caller) as (connection, _):
        found = sites(connection, after=cursor, limit=limit + 1)
    if isinstance(caller, KeyBearer):
        found = [site for site in found if site.id == caller.site_id]
    more = len(found) > limit
    views = [site_view(site) for site in found[:limit]]
    return {"sites": views, "next_cursor": views[-1]["site_id"] if more else None}


@router.post("/v1/sites", status_code=HTTPStatus.CREATED, summary="Create a site")
async def create_site(new: NewSite, services: ServicesOf, person: PersonOf, trail: TrailOf) -> SiteView:
    """For owners and editors of the organisation. A domain belongs to one site."""
    from shared.identity.show import site_view
    from shared.identity.tenants import DomainTaken, add_site

    try:
        with acting_for(services, person) as (connection, roles):
            require(roles, new.organisation_id, "POST", "/v1/sites")
            site = add_site(connection, new.organisation_id, name=new.name, domain=new.domain, timezone=new.timezone)
            after = new.model_dump(include={"name", "domain", "timezone"})
            trail.write(connection, new.organisation_id, "site.create", f"site/{site.id}", after=after)
    except DomainTaken as error:
        raise _taken(services, person, new.domain) from error
    return site_view(site)


def _taken(services: ServicesOf, person: PersonOf, domain: str) -> "DomainTaken":
    """Names the site only to who may see it."""
    from shared.identity.tenants import DomainTaken, site_of

    with acting_for(services, person) as (connection, _):
        own = site_of(connection, domain)
    return DomainTaken(domain, own.id if own else None)
