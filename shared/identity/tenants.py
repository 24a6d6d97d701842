"""Organisations, their people, sites and keys in PostgreSQL. Row-level security decides what a transaction sees."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from shared.identity.identity import KeyBearer, MemberRole
from shared.identity.keys import Key, Kind
from shared.platform.postgres import sqlstate
from shared.platform.refusals import Fault, NotNow

_UNIQUE_VIOLATION: Final = "23505"


class DomainTaken(NotNow):
    """Some site has this domain already; ``site_id`` names it to its own organisation, and to nobody else."""

    def __init__(self, domain: str, site_id: int | None = None) -> None:
        own = {} if site_id is None else {"site_id": str(site_id)}
        whose = f": it is site {site_id} of yours" if own else ""
        detail = f"a site has the domain {domain} already{whose}"
        super().__init__(detail, faults=(Fault("is taken", pointer="/domain"),), **own)


@dataclass(frozen=True, kw_only=True)
class Site:
    id: int
    organisation_id: UUID
    name: str
    domain: str
    timezone: str
    allowed_hostnames: tuple[str, ...] = ()
    excluded_addresses: tuple[str, ...] = ()
    excluded_pages: tuple[str, ...] = ()
    excluded_countries: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StoredKey:
    """What may be shown of a key."""

    key_id: UUID
    kind: Kind
    prefix: str
    created_at: datetime
    revoked_at: datetime | None
    expires_at: datetime | None


_KEY: Final = "id, kind, prefix, created_at, revoked_at, expires_at"
_WORKS: Final = "revoked_at is null and (expires_at is null or expires_at > now())"
_EXCLUSIONS: Final = "allowed_hostnames, excluded_addresses, excluded_pages, excluded_countries"
_SITE: Final = f"id, organisation_id, name, domain, timezone, {_EXCLUSIONS}"


def _site(row: list[object]) -> Site:
    site_id, organisation, name, domain, timezone, *exclusions = row
    hostnames, addresses, pages, countries = (tuple(map(str, written)) for written in exclusions)  # type: ignore[call-overload]  # pg8000 returns lists
    return Site(
        id=site_id,  # type: ignore[arg-type]  # the columns' types are the migration's
        organisation_id=organisation,  # type: ignore[arg-type]  # pg8000 returns rows of objects
        name=str(name),
        domain=str(domain),
        timezone=str(timezone),
        allowed_hostnames=hostnames,
        excluded_addresses=addresses,
        excluded_pages=pages,
        excluded_countries=countries,
    )


def memberships(connection: Connection, subject: str) -> dict[UUID, MemberRole]:
    """The organisations of a person; the transaction must have been opened with ``subject=``."""
    rows = connection.run("select organisation_id, role from members where subject = :subject", subject=subject)
    return dict(rows)


def key_bearer(connection: Connection, key: Key) -> KeyBearer | None:
    """Who presents this key, unless it is unknown, revoked or replaced; the transaction must have ``key_sha256=``."""
    rows = connection.run(
        f"select site_id, organisation_id, kind, prefix from keys where sha256 = :digest and {_WORKS}",
        digest=key.digest,
    )
    return KeyBearer(*rows[0]) if rows else None


def add_organisation(connection: Connection, organisation_id: UUID, name: str, owner: str) -> None:
    """Add an organisation with its first owner; the transaction must act for this organisation."""
    connection.run("insert into organisations (id, name) values (:id, :name)", id=organisation_id, name=name)
    add_member(connection, organisation_id, owner, "owner")


def ensure_organisation(connection: Connection, organisation_id: UUID, name: str) -> None:
    """Add an organisation without people, unless it is there; the transaction must act for it."""
    connection.run(
        "insert into organisations (id, name) values (:id, :name) on conflict do nothing", id=organisation_id, name=name
    )


def organisations(connection: Connection) -> list[tuple[UUID, str]]:
    return [(found, name) for found, name in connection.run("select id, name from organisations order by name, id")]


def add_member(connection: Connection, organisation_id: UUID, subject: str, role: MemberRole) -> bool:
    """Add a person; whether they were none before. Who is a member already keeps their role."""
    rows = connection.run(
        "insert into members (organisation_id, subject, role) values (:organisation, :subject, :role) "
        "on conflict do nothing returning role",
        organisation=organisation_id,
        subject=subject,
        role=role,
    )
    return bool(rows)


def add_site(connection: Connection, organisation_id: UUID, *, name: str, domain: str, timezone: str) -> Site:
    """Add a site. Raises ``DomainTaken``; the transaction is then over."""
    try:
        rows = connection.run(
            "insert into sites (organisation_id, name, domain, timezone) values (:organisation, :name, :domain, :timezone) "
            f"returning {_SITE}",
            organisation=organisation_id,
            name=name,
            domain=domain,
            timezone=timezone,
        )
    except DatabaseError as error:
        if sqlstate(error) == _UNIQUE_VIOLATION:
            raise DomainTaken(domain) from error
        raise
    return _site(rows[0])


def sites(connection: Connection, *, after: int = 0, limit: int = 100) -> list[Site]:
    """The sites of the transaction's organisations, in order of id."""
    rows = connection.run(
        f"select {_SITE} from sites where id > :after order by id limit :limit", after=after, limit=limit
    )
    return [_site(row) for row in rows]


def site_of(connection: Connection, reference: str) -> Site | None:
    """Find a site that the transaction may see, by its id or by its domain."""
    rows = connection.run(
        f"select {_SITE} from sites where id::text = :reference or domain = :reference limit 1",
        reference=reference,
    )
    return _site(rows[0]) if rows else None


def exclude(
    connection: Connection,
    site: Site,
    *,
    addresses: list[str],
    hostnames: list[str],
    pages: list[str],
    countries: list[str],
) -> Site:
    """Set what a site leaves out of its numbers from now on; events that are stored stay as they are."""
    [row] = connection.run(
        "update sites set allowed_hostnames = :hostnames, excluded_addresses = :addresses, excluded_pages = :pages, "
        f"excluded_countries = :countries where id = :site returning {_SITE}",
        site=site.id,
        addresses=addresses,
        hostnames=hostnames,
        pages=pages,
        countries=countries,
    )
    return _site(row)


def add_key(connection: Connection, site: Site, key: Key) -> StoredKey:
    [row] = connection.run(
        "insert into keys (id, organisation_id, site_id, kind, prefix, sha256) "
        f"values (:id, :organisation, :site, :kind, :prefix, :digest) returning {_KEY}",
        id=uuid4(),
        organisation=site.organisation_id,
        site=site.id,
        kind=key.kind,
        prefix=key.prefix,
        digest=key.digest,
    )
    return _stored_key(row)


def keys_of(connection: Connection, site: Site) -> list[StoredKey]:
    rows = connection.run(
        f"select {_KEY} from keys where site_id = :site order by created_at, id",
        site=site.id,
    )
    return [_stored_key(row) for row in rows]


def revoke_key(connection: Connection, site: Site, key_id: UUID) -> StoredKey | None:
    """Revoke a key; environments that have it in memory stop taking it within a minute. None if the site has no such key."""
    rows = connection.run(
        f"update keys set revoked_at = coalesce(revoked_at, now()) where id = :id and site_id = :site returning {_KEY}",
        id=key_id,
        site=site.id,
    )
    return _stored_key(rows[0]) if rows else None


def key_to_replace(connection: Connection, site: Site, key_id: UUID, overlap: timedelta) -> StoredKey | None:
    """End a key's life after an overlap, in which its successor works as well; None when it does not work any more."""
    rows = connection.run(
        "update keys set expires_at = least(expires_at, now() + :overlap) "
        f"where id = :id and site_id = :site and {_WORKS} returning {_KEY}",
        overlap=overlap,
        id=key_id,
        site=site.id,
    )
    return _stored_key(rows[0]) if rows else None


def _stored_key(row: list[object]) -> StoredKey:
    key_id, kind, prefix, created_at, revoked_at, expires_at = row
    return StoredKey(
        key_id=key_id,  # type: ignore[arg-type]  # pg8000 returns rows of objects
        kind=kind,  # type: ignore[arg-type]  # the column's check lets in no other
        prefix=str(prefix),
        created_at=created_at,  # type: ignore[arg-type]  # pg8000 returns rows of objects
        revoked_at=revoked_at,  # type: ignore[arg-type]  # pg8000 returns rows of objects
        expires_at=expires_at,  # type: ignore[arg-type]  # pg8000 returns rows of objects
    )
