"""Keys of sites: created, replaced with an overlap, revoked."""

from datetime import UTC, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from functions.api.services import ServicesOf
from functions.api.trail import TrailOf
from shared.http.authorise import PersonOf
from shared.http.last_used import last_used
from shared.http.tenancy import acting_for, require, site_for
from shared.identity.keys import Kind, make_key
from shared.identity.view import KeyList, MadeKey
from shared.platform.refusals import Unknown

if TYPE_CHECKING:
    from shared.identity.tenants import StoredKey

router = APIRouter(tags=["sites"])

DAY: Final = 24 * 3600


class NewKey(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind


class Rotation(BaseModel):
    """For ``overlap_seconds`` the old key works beside the new one."""

    model_config = ConfigDict(extra="forbid")

    overlap_seconds: Annotated[int, Field(ge=0, le=30 * DAY)] = DAY


@router.get("/v1/sites/{site_id}/keys", summary="Keys of a site")
async def list_keys(site_id: str, services: ServicesOf, person: PersonOf) -> KeyList:
    from shared.identity.show import key_view
    from shared.identity.tenants import keys_of

    with acting_for(services, person) as (connection, _):
        found = keys_of(connection, site_for(connection, person, site_id))
    used = last_used(services.telemetry_valkey, [key.prefix for key in found])
    return {"keys": [key_view(key, used.get(key.prefix)) for key in found]}


@router.post("/v1/sites/{site_id}/keys", status_code=HTTPStatus.CREATED, summary="Create a key")
async def create_key(site_id: str, new: NewKey, services: ServicesOf, person: PersonOf, trail: TrailOf) -> MadeKey:
    """A write key (``ingest``) sends events, a read key (``read``) asks for numbers. The key is shown once."""
    from shared.identity.show import key_view
    from shared.identity.tenants import add_key

    key = make_key(new.kind)
    with acting_for(services, person) as (connection, roles):
        site = site_for(connection, person, site_id)
        require(roles, site.organisation_id, "POST", "/v1/sites/{site_id}/keys")
        stored = add_key(connection, site, key)
        after = {"site_id": site.id, "kind": key.kind, "prefix": key.prefix}
        trail.write(connection, site.organisation_id, "key.create", f"key/{stored.key_id}", after=after)
    return {**key_view(stored), "key": key.text.reveal()}


@router.post(
    "/v1/sites/{site_id}/keys/{key_id}/rotation", status_code=HTTPStatus.CREATED, summary="Replace a key by a new one"
)
async def rotate_key(
    site_id: str, key_id: UUID, rotation: Rotation, services: ServicesOf, person: PersonOf, *, trail: TrailOf
) -> MadeKey:
    """The new key is of the same kind. The old one ends after the overlap, and within a minute of that everywhere."""
    from shared.identity.show import key_view
    from shared.identity.tenants import add_key, key_to_replace

    with acting_for(services, person) as (connection, roles):
        site = site_for(connection, person, site_id)
        require(roles, site.organisation_id, "POST", "/v1/sites/{site_id}/keys/{key_id}/rotation")
        old = key_to_replace(connection, site, key_id, timedelta(seconds=rotation.overlap_seconds))
        if old is None:
            raise Unknown(f"site {site_id} has no key {key_id} that works: create a new one")
        key = make_key(old.kind)
        stored = add_key(connection, site, key)
        change = {"before": {"prefix": old.prefix}, "after": {"prefix": key.prefix, "old_until": _until(old)}}
        trail.write(connection, site.organisation_id, "key.rotate", f"key/{key_id}", **change)
    return {**key_view(stored), "key": key.text.reveal()}


@router.delete("/v1/sites/{site_id}/keys/{key_id}", status_code=HTTPStatus.NO_CONTENT, summary="Revoke a key")
async def delete_key(site_id: str, key_id: UUID, services: ServicesOf, person: PersonOf, trail: TrailOf) -> Response:
    """Takes effect within a minute."""
    from shared.identity.tenants import revoke_key

    with acting_for(services, person) as (connection, roles):
        site = site_for(connection, person, site_id)
        require(roles, site.organisation_id, "DELETE", "/v1/sites/{site_id}/keys/{key_id}")
        revoked = revoke_key(connection, site, key_id)
        if revoked:
            change = {"before": {"revoked_at": None}, "after": {"prefix": revoked.prefix, "site_id": site.id}}
            trail.write(connection, site.organisation_id, "key.revoke", f"key/{key_id}", **change)
    if revoked is None:
        raise Unknown(f"site {site_id} has no key {key_id}: GET /v1/sites/{site_id}/keys lists them")
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _until(key: "StoredKey") -> str:
    return key.expires_at.astimezone(UTC).isoformat() if key.expires_at else ""
