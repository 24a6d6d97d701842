"""Sites, keys and people of organisations as the API shows them."""

from datetime import datetime

from shared.identity.people import Invitation, Member
from shared.identity.tenants import Site, StoredKey
from shared.identity.view import ExclusionsView, InvitationView, KeyView, MemberView, SiteView


def site_view(site: Site) -> SiteView:
    return {
        "site_id": str(site.id), "name": site.name, "domain": site.domain, "timezone": site.timezone,
        "organisation_id": site.organisation_id,
    }  # fmt: skip


def exclusions_view(site: Site) -> ExclusionsView:
    return {
        "addresses": list(site.excluded_addresses), "hostnames": list(site.allowed_hostnames),
        "pages": list(site.excluded_pages), "countries": list(site.excluded_countries),
    }  # fmt: skip


def key_view(key: StoredKey, last_used_at: datetime | None = None) -> KeyView:
    return {
        "key_id": key.key_id, "kind": key.kind, "prefix": key.prefix, "created_at": key.created_at,
        "revoked_at": key.revoked_at, "expires_at": key.expires_at, "last_used_at": last_used_at,
    }  # fmt: skip


def member_view(member: Member) -> MemberView:
    return {"subject": member.subject, "role": member.role, "created_at": member.created_at, "label": member.label}


def invitation_view(invitation: Invitation) -> InvitationView:
    return {
        "id": invitation.id, "organisation_id": invitation.organisation_id, "role": invitation.role,
        "label": invitation.label, "created_at": invitation.created_at, "expires_at": invitation.expires_at,
    }  # fmt: skip
