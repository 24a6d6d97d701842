"""A customer of the local system: an organisation, its people, their sites with fresh keys."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from local.api import Api, Refused
from local.people import Directory, Person, customer_person, operations_person
from shared.identity.identity import DEVELOPER

_CONFLICT = 409


@dataclass(frozen=True)
class SiteAccess:
    """A site and one key of each kind; the keys are shown this once."""

    site_id: str
    domain: str
    created: bool
    write_key: str
    read_key: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def directory(system: Mapping[str, Any]) -> Directory:
    return Directory(system["aws_endpoint"], system["user_pool_id"], system["client_id"])


def owner(system: Mapping[str, Any], organisation: str) -> tuple[Api, str]:
    """The API as the organisation's owner sees it, and the organisation's id; both are made when missing."""
    people = directory(system)
    person = customer_person(organisation, "owner")
    people.ensure(person)
    api = Api(system["url"], people.token(person))
    if (known := _id_of(api, organisation)) is not None:
        return api, known
    # Customers are taken on by P09's own people, who then hand over to the customer's owner.
    staff = Api(system["url"], operations_token(system, DEVELOPER))
    organisation_id = str(staff.post("/v1/organisations", {"name": organisation})["organisation_id"])
    _join(staff, organisation_id, api, person)
    return api, organisation_id


def member_token(system: Mapping[str, Any], organisation: str, role: str) -> str:
    """An access token of a person who has this role in the organisation."""
    people = directory(system)
    person = customer_person(organisation, role)
    people.ensure(person)
    api, organisation_id = owner(system, organisation)
    token = people.token(person)
    guest = Api(system["url"], token)
    if _id_of(guest, organisation) is None:
        _join(api, organisation_id, guest, person)
    return token


def _id_of(member: Api, organisation: str) -> str | None:
    """Of the organisation of this name that they belong to."""
    found = member.get("/v1/organisations")["organisations"]
    return next((str(one["organisation_id"]) for one in found if one["name"] == organisation), None)


def _join(host: Api, organisation_id: str, guest: Api, person: Person) -> None:
    """By an invitation, as customers do it: so the others see a name."""
    wanted = {"role": person.role, "label": person.username}
    made = host.post(f"/v1/organisations/{organisation_id}/invitations", wanted)
    guest.post("/v1/invitations/acceptance", {"token": made["token"]})


def operations_token(system: Mapping[str, Any], role: str) -> str:
    """An access token of one of P09's own people."""
    people = directory(system)
    person = operations_person(role)
    people.ensure(person)
    return people.token(person)


def open_site(api: Api, organisation_id: str, *, name: str, domain: str, timezone: str | None = None) -> SiteAccess:
    """Add the site, or take the organisation's own site of that domain, and make fresh keys for it."""
    wanted = {"name": name, "domain": domain, "organisation_id": organisation_id}
    try:
        site_id = api.post("/v1/sites", {**wanted, "timezone": timezone} if timezone else wanted)["site_id"]
        created = True
    except Refused as refused:
        if refused.status != _CONFLICT or "site_id" not in refused.problem:
            raise
        site_id, created = refused.problem["site_id"], False
    keys = {kind: api.post(f"/v1/sites/{site_id}/keys", {"kind": kind})["key"] for kind in ("ingest", "read")}
    return SiteAccess(
        site_id=str(site_id), domain=domain, created=created, write_key=keys["ingest"], read_key=keys["read"]
    )
