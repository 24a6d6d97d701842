"""Sites."""

from http import HTTPStatus
from ipaddress import ip_network
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from functions.api.services import ServicesOf
from functions.api.trail import TrailOf
from shared.collection.web_address import MAX_PAGE as LONGEST_PATH
from shared.collection.web_address import decoded_path, host_name, site_domain
from shared.http.authorise import PersonOf, TenantOf
from shared.http.fields import ONE_LINE, Form, Label
from shared.http.tenancy import acting_for, require, site_for
from shared.identity.identity import KeyBearer
from shared.identity.view import ExclusionsView, SiteList, SiteView

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
    StringConstraints(strip_whitespace=True, max_length=253),
    AfterValidator(site_domain),
    Form(
        r"^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*(/[A-Za-z0-9._~/-]*)?$",
        "a domain, such as example.com, or the address of the site's first page",
    ),
]


def _network(written: str) -> str:
    try:
        return str(ip_network(written.strip(), strict=False))
    except ValueError as error:
        raise ValueError("is neither an address nor a range of them: write 203.0.113.9 or 203.0.113.0/24") from error


MAX_EXCLUSIONS = 100
Range = Annotated[str, StringConstraints(max_length=50), AfterValidator(_network)]
Host = Annotated[str, StringConstraints(min_length=1, max_length=253), ONE_LINE, AfterValidator(host_name)]
Page = Annotated[
    str,
    StringConstraints(max_length=LONGEST_PATH),
    Form(r"^/[^\x00-\x1f\x7f]*$", "a page's path, such as /admin/** (* stands for a part of it, ** for any)"),
    AfterValidator(decoded_path),
]
Country = Annotated[
    str,
    StringConstraints(to_upper=True),
    Form("^[A-Za-z]{2}$", "the two letters of ISO 3166-1, such as DE"),
]


class NewExclusions(BaseModel):
    """What is not named is not left out: this is the whole choice, not a change of it."""

    model_config = ConfigDict(extra="forbid")

    addresses: Annotated[list[Range], Field(max_length=MAX_EXCLUSIONS)] = []
    hostnames: Annotated[list[Host], Field(max_length=MAX_EXCLUSIONS)] = []
    pages: Annotated[list[Page], Field(max_length=MAX_EXCLUSIONS)] = []
    countries: Annotated[list[Country], Field(max_length=MAX_EXCLUSIONS)] = []


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


@router.get("/v1/sites/{site_id}/exclusions", summary="What a site leaves out of its numbers")
async def read_exclusions(site_id: str, services: ServicesOf, person: PersonOf) -> ExclusionsView:
    from shared.identity.show import exclusions_view

    with acting_for(services, person) as (connection, _):
        return exclusions_view(site_for(connection, person, site_id))


@router.put("/v1/sites/{site_id}/exclusions", summary="Leave addresses, hosts, pages or countries out")
async def put_exclusions(
    site_id: str, new: NewExclusions, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> ExclusionsView:
    """Works within a minute, for events that arrive from then on. They are counted by their reason and not stored."""
    from shared.identity.show import exclusions_view
    from shared.identity.tenants import exclude

    with acting_for(services, person) as (connection, roles):
        site = site_for(connection, person, site_id)
        require(roles, site.organisation_id, "PUT", "/v1/sites/{site_id}/exclusions")
        before = exclusions_view(site)
        after = exclusions_view(exclude(connection, site, **new.model_dump()))
        trail.write(
            connection, site.organisation_id, "site.exclude", f"site/{site.id}", before=dict(before), after=dict(after)
        )
    return after


def _taken(services: ServicesOf, person: PersonOf, domain: str) -> "DomainTaken":
    """Names the site only to who may see it."""
    from shared.identity.tenants import DomainTaken, site_of

    with acting_for(services, person) as (connection, _):
        own = site_of(connection, domain)
    return DomainTaken(domain, own.id if own else None)
