"""On whose behalf a transaction acts: of the key's organisation, or of all organisations that a person belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from shared.http.permissions import MEMBERS
from shared.http.services import Services
from shared.identity.identity import KeyBearer, MemberRole, Person
from shared.platform.refusals import Fault, NotAllowed, Unknown, quoted

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.identity.tenants import Site

Memberships = dict[UUID, MemberRole]


@contextmanager
def acting_for(services: Services, caller: KeyBearer | Person) -> Iterator[tuple["Connection", Memberships]]:
    """A transaction that sees what the caller may see, and the caller's roles in organisations."""
    from shared.identity.tenants import memberships
    from shared.platform.postgres import act_for

    if isinstance(caller, KeyBearer):
        with services.database.transaction([caller.organisation]) as connection:
            yield connection, {}
    else:
        with services.database.transaction(subject=caller.subject) as connection:
            roles = memberships(connection, caller.subject)
            act_for(connection, roles)
            yield connection, roles


def site_for(connection: "Connection", caller: KeyBearer | Person, reference: str) -> "Site":
    """The site with this id or domain, if the caller may see it. A key sees its own site only."""
    from shared.identity.tenants import site_of

    site = site_of(connection, reference)
    if site is None or (isinstance(caller, KeyBearer) and site.id != caller.site_id):
        detail = f"there is no site {quoted(reference)} among yours: GET /v1/sites lists them"
        raise Unknown(detail, faults=(Fault("unknown", pointer="/site_id"),))
    return site


def require(roles: Memberships, organisation: UUID, method: str, path: str) -> None:
    """Raise a problem unless the person's role in the organisation is one of those that the table has for the route."""
    role, allowed = roles.get(organisation), MEMBERS[method, path]
    if role not in allowed:
        detail = f"this takes the role {' or '.join(allowed)} in organisation {organisation}"
        raise NotAllowed(f"{detail}; you are {f'its {role}' if role else 'not a member'}")
