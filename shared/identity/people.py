"""Members of organisations and invitations to them, in PostgreSQL. Row-level security decides what a transaction sees."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

from pg8000.native import Connection

from shared.identity.identity import MemberRole
from shared.identity.tenants import add_member
from shared.platform.refusals import NotNow
from shared.platform.secret import Secret

INVITATION_LIFETIME: Final = timedelta(days=7)
_BRAND: Final = "p09i_"
_INVITATION: Final = "id, organisation_id, role, label, created_at, expires_at, accepted_at, accepted_by, revoked_at"
_USABLE: Final = "accepted_at is null and revoked_at is null and expires_at > now()"


class LastOwner(NotNow):
    """An organisation without an owner could never be changed again."""

    def __init__(self) -> None:
        super().__init__("an organisation needs an owner: give somebody else the role first")


@dataclass(frozen=True, kw_only=True)
class Member:
    """``label`` is what the invitation called them by which they joined; empty for who needed none."""

    subject: str
    role: MemberRole
    created_at: datetime
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What may be shown of an invitation; ``label`` says whom it is for."""

    id: UUID
    organisation_id: UUID
    role: MemberRole
    label: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: str | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class InvitationToken:
    """The secret of an invitation; only its SHA-256 is stored."""

    text: Secret

    @classmethod
    def make(cls) -> "InvitationToken":
        return cls(Secret(_BRAND + secrets.token_urlsafe(32)))

    @property
    def digest(self) -> bytes:
        return sha256(self.text.reveal().encode()).digest()


def members(connection: Connection, organisation_id: UUID) -> list[Member]:
    rows = connection.run(
        "select subject, role, created_at, coalesce((select label from invitations i "
        "where i.organisation_id = m.organisation_id and i.accepted_by = m.subject order by accepted_at desc limit 1), '') "
        "from members m where organisation_id = :organisation order by created_at, subject",
        organisation=organisation_id,
    )
    return [Member(subject=subject, role=role, created_at=at, label=label) for subject, role, at, label in rows]


def change_role(connection: Connection, organisation_id: UUID, subject: str, role: MemberRole) -> MemberRole | None:
    """The role before; None when there is no such member. Raises ``LastOwner``."""
    before = _locked(connection, organisation_id, subject, stays=role == "owner")
    if before is not None:
        connection.run(
            "update members set role = :role where organisation_id = :organisation and subject = :subject",
            role=role,
            organisation=organisation_id,
            subject=subject,
        )
    return before


def remove_member(connection: Connection, organisation_id: UUID, subject: str) -> MemberRole | None:
    """The role that they had; None when there is no such member. Raises ``LastOwner``."""
    before = _locked(connection, organisation_id, subject, stays=False)
    if before is not None:
        connection.run(
            "delete from members where organisation_id = :organisation and subject = :subject",
            organisation=organisation_id,
            subject=subject,
        )
    return before


def _locked(connection: Connection, organisation_id: UUID, subject: str, *, stays: bool) -> MemberRole | None:
    """The member's role. Owners are locked, so that two who leave at the same time do not both believe in the other."""
    rows = connection.run(
        "select subject, role from members where organisation_id = :organisation "
        "and (role = 'owner' or subject = :subject) order by subject for update",
        organisation=organisation_id,
        subject=subject,
    )
    roles: dict[str, MemberRole] = dict(rows)
    owners = {name for name, role in roles.items() if role == "owner"}
    if owners == {subject} and not stays:
        raise LastOwner
    return roles.get(subject)


def invite(
    connection: Connection, organisation_id: UUID, role: MemberRole, label: str, token: InvitationToken
) -> Invitation:
    [row] = connection.run(
        "insert into invitations (id, organisation_id, role, label, sha256, expires_at) "
        f"values (:id, :organisation, :role, :label, :digest, now() + :lifetime) returning {_INVITATION}",
        id=uuid4(),
        organisation=organisation_id,
        role=role,
        label=label,
        digest=token.digest,
        lifetime=INVITATION_LIFETIME,
    )
    return _invitation(row)


def invitations(connection: Connection, organisation_id: UUID) -> list[Invitation]:
    """Those that can still be accepted, oldest first."""
    rows = connection.run(
        f"select {_INVITATION} from invitations where organisation_id = :organisation and {_USABLE} order by created_at, id",
        organisation=organisation_id,
    )
    return list(map(_invitation, rows))


def presented(connection: Connection, token: InvitationToken) -> Invitation | None:
    """The invitation of a token, if it can be accepted; the transaction must have ``invitation_sha256=``."""
    rows = connection.run(
        f"select {_INVITATION} from invitations where sha256 = :digest and {_USABLE}", digest=token.digest
    )
    return _invitation(rows[0]) if rows else None


def accept(connection: Connection, invitation: Invitation, subject: str) -> bool:
    """Make somebody a member; False when the invitation was used meanwhile. The transaction must act for its organisation."""
    taken = connection.run(
        f"update invitations set accepted_at = now(), accepted_by = :subject where id = :id and {_USABLE} returning id",
        subject=subject,
        id=invitation.id,
    )
    if taken:
        add_member(connection, invitation.organisation_id, subject, invitation.role)
    return bool(taken)


def withdraw(connection: Connection, organisation_id: UUID, invitation_id: UUID) -> Invitation | None:
    rows = connection.run(
        "update invitations set revoked_at = now() where id = :id and organisation_id = :organisation "
        f"and {_USABLE} returning {_INVITATION}",
        id=invitation_id,
        organisation=organisation_id,
    )
    return _invitation(rows[0]) if rows else None


def _invitation(row: list[Any]) -> Invitation:
    return Invitation(**dict(zip(_INVITATION.split(", "), row, strict=True)))
