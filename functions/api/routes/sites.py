"""Sites and their keys."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from functions.api.authorise import CallerOf, PersonOf, ServicesOf
from functions.api.problems import Problem
from functions.api.tenancy import acting_for, require, site_for
from functions.api.trail import TrailOf
from shared.access.identity import KeyBearer
from shared.access.keys import Kind, make_key

router = APIRouter(tags=["sites"])

MAX_PAGE = 1000
MAX_SITE_ID = 2**31 - 1


def _check_timezone(name: str) -> str:
    from shared.analytics.local_time import is_timezone

    if not is_timezone(name):
        raise ValueError("is no time zone: use a name of the IANA database, such as Europe/Berlin")
    return name


Domain = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=253,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?$",
    ),
]
Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$"),
]


class NewSite(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Label
    domain: Domain
    organisation_id: UUID
    timezone: Annotated[str, AfterValidator(_check_timezone)] = "Etc/UTC"


class SiteView(BaseModel):
    site_id: str
    name: str
    domain: str
    timezone: str
    organisation_id: UUID


class SiteList(BaseModel):
    """``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    sites: list[SiteView]
    next_cursor: str | None


class NewKey(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind


class KeyView(BaseModel):
    key_id: UUID
    kind: Kind
    prefix: str
    created_at: datetime
    revoked_at: datetime | None


class MadeKey(KeyView):
    """``key`` is shown here and never again."""

    key: str


class KeyList(BaseModel):
    keys: list[KeyView]


@router.get("/v1/sites", summary="Sites that you may see")
async def list_sites(
    services: ServicesOf,
    caller: CallerOf,
    cursor: Annotated[int, Query(ge=0, le=MAX_SITE_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
) -> SiteList:
    from shared.access.store import sites

    with acting_for(services, caller) as (connection, _):
        found = sites(connection, after=cursor, limit=limit + 1)
    if isinstance(caller, KeyBearer):
        found = [site for site in found if site.id == caller.site_id]
    more = len(found) > limit
    views = [
        SiteView(
            site_id=str(site.id),
            name=site.name,
            domain=site.domain,
            timezone=site.timezone,
            organisation_id=site.organisation_id,
        )
        for site in found[:limit]
    ]
    return SiteList(sites=views, next_cursor=views[-1].site_id if more else None)


@router.post("/v1/sites", status_code=HTTPStatus.CREATED, summary="Make a site")
async def create_site(new: NewSite, services: ServicesOf, person: PersonOf, trail: TrailOf) -> SiteView:
    """For owners and editors of the organisation. A domain belongs to one site."""
    from shared.access.store import DomainTaken, add_site

    try:
        with acting_for(services, person) as (connection, roles):
            require(roles, new.organisation_id, "owner", "editor")
            site = add_site(connection, new.organisation_id, name=new.name, domain=new.domain, timezone=new.timezone)
            after = new.model_dump(include={"name", "domain", "timezone"})
            trail.write(connection, new.organisation_id, "site.create", f"site/{site.id}", after=after)
    except DomainTaken as error:
        raise _taken(services, person, new.domain) from error
    return SiteView(site_id=str(site.id), **new.model_dump())


def _taken(services: ServicesOf, person: PersonOf, domain: str) -> Problem:
    """Names the site only to who may see it."""
    from shared.access.store import site_of

    with acting_for(services, person) as (connection, _):
        own = site_of(connection, domain)
    members: dict[str, Any] = {"site_id": str(own.id)} if own else {}
    return Problem(
        HTTPStatus.CONFLICT,
        f"a site has the domain {domain} already" + (f": it is site {own.id} of yours" if own else ""),
        errors=[{"pointer": "#/domain", "detail": "is taken"}],
        **members,
    )


@router.get("/v1/sites/{site_id}/keys", summary="Keys of a site")
async def list_keys(site_id: str, services: ServicesOf, person: PersonOf) -> KeyList:
    from shared.access.store import keys_of

    with acting_for(services, person) as (connection, _):
        found = keys_of(connection, site_for(connection, person, site_id))
    return KeyList(keys=[KeyView.model_validate(key, from_attributes=True) for key in found])


@router.post("/v1/sites/{site_id}/keys", status_code=HTTPStatus.CREATED, summary="Make a key")
async def create_key(site_id: str, new: NewKey, services: ServicesOf, person: PersonOf, trail: TrailOf) -> MadeKey:
    """An ``ingest`` key sends events, a ``read`` key asks for numbers. The key is shown once."""
    from shared.access.store import add_key

    key = make_key(new.kind)
    with acting_for(services, person) as (connection, roles):
        site = site_for(connection, person, site_id)
        require(roles, site.organisation_id, "owner", "editor")
        stored = add_key(connection, site, key)
        after = {"site_id": site.id, "kind": key.kind, "prefix": key.prefix}
        trail.write(connection, site.organisation_id, "key.create", f"key/{stored.key_id}", after=after)
    view = KeyView.model_validate(stored, from_attributes=True)
    return MadeKey(**view.model_dump(), key=key.text)


@router.delete("/v1/sites/{site_id}/keys/{key_id}", status_code=HTTPStatus.NO_CONTENT, summary="Revoke a key")
async def delete_key(site_id: str, key_id: UUID, services: ServicesOf, person: PersonOf, trail: TrailOf) -> Response:
    """Takes effect within a minute."""
    from shared.access.store import revoke_key

    with acting_for(services, person) as (connection, roles):
        site = site_for(connection, person, site_id)
        require(roles, site.organisation_id, "owner", "editor")
        revoked = revoke_key(connection, site, key_id)
        if revoked:
            change = {"before": {"revoked_at": None}, "after": {"prefix": revoked.prefix, "site_id": site.id}}
            trail.write(connection, site.organisation_id, "key.revoke", f"key/{key_id}", **change)
    if revoked is None:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            f"site {site_id} has no key {key_id}: GET /v1/sites/{site_id}/keys lists them",
        )
    return Response(status_code=HTTPStatus.NO_CONTENT)
