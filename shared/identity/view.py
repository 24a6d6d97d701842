"""What the API says of organisations, their people, sites and keys."""

from datetime import datetime
from uuid import UUID

from typing_extensions import TypedDict

from shared.identity.identity import MemberRole
from shared.identity.keys import Kind
from shared.platform.views import view


@view
class SiteView(TypedDict):
    site_id: str
    name: str
    domain: str
    timezone: str
    organisation_id: UUID


@view
class SiteList(TypedDict):
    """``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    sites: list[SiteView]
    next_cursor: str | None


@view
class ExclusionsView(TypedDict):
    """``hostnames`` are the only ones to count, none means all; of the others what they match is left out."""

    addresses: list[str]
    hostnames: list[str]
    pages: list[str]
    countries: list[str]


class KeyView(TypedDict):
    key_id: UUID
    kind: Kind
    prefix: str
    created_at: datetime
    revoked_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None


@view
class MadeKey(KeyView):
    """``key`` is shown here and never again."""

    key: str


@view
class KeyList(TypedDict):
    keys: list[KeyView]


@view
class OrganisationView(TypedDict):
    """``role`` is what you are in it."""

    organisation_id: UUID
    name: str
    role: MemberRole


@view
class OrganisationList(TypedDict):
    organisations: list[OrganisationView]


class MemberView(TypedDict):
    """``label`` is what the invitation called them by which they joined; empty for who needed none."""

    subject: str
    role: MemberRole
    created_at: datetime
    label: str


@view
class MemberList(TypedDict):
    members: list[MemberView]


@view
class MembershipView(TypedDict):
    """``subject`` is the person's ``sub`` in the identity provider."""

    subject: str
    role: MemberRole


@view
class RoleView(TypedDict):
    role: MemberRole


class InvitationView(TypedDict):
    id: UUID
    organisation_id: UUID
    role: MemberRole
    label: str
    created_at: datetime
    expires_at: datetime


@view
class MadeInvitation(InvitationView):
    """``token`` is shown here and never again: whoever has it can accept."""

    token: str


@view
class InvitationList(TypedDict):
    invitations: list[InvitationView]


@view
class Joined(TypedDict):
    organisation_id: UUID
    role: MemberRole
