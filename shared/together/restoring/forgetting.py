"""What was revoked, removed or used up since the moment of a restore is so again before anybody is served.

``FORGOTTEN`` is the register: whatever must not come back with an older database has a line here, and every promotion carries all
of them out, in this order, after events were drained again. Each may be repeated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pg8000.native import identifier

from shared.health.canary import ORGANISATION as CANARY
from shared.platform.postgres import writing

if TYPE_CHECKING:
    from pg8000.native import Connection


@dataclass(frozen=True, kw_only=True)
class Databases:
    """The replaced database and the restored one as who reads everything, and the restored one as its owner."""

    source: "Connection"
    restored: "Connection"
    owner: "Connection"

    def organisations(self) -> list[UUID]:
        return [found for (found,) in self.restored.run("select id from organisations")]


Forget = Callable[[Databases], int]
"""Returns how many rows it changed."""


def forget_again(databases: Databases) -> Mapping[str, int]:
    return {name: forget(databases) for name, forget in FORGOTTEN.items()}


def _keys(databases: Databases) -> int:
    """Revoked ones, ones that were replaced, and ones that are not there any more."""
    kept = {key: (revoked, expires) for key, revoked, expires in databases.source.run(_KEYS)}
    return sum(
        _change(
            databases, _REVOKE, id=key, gone=key not in kept, revoked=kept.get(key, (None, None))[0],
            expires=kept.get(key, (None, None))[1],
        )
        for key, revoked, expires in databases.restored.run(_KEYS)
        if kept.get(key) != (revoked, expires)
    )  # fmt: skip


def _members(databases: Databases) -> int:
    """Removed people are removed again, and everybody has the role that they have now."""
    kept = {(organisation, subject): role for organisation, subject, role in databases.source.run(_MEMBERS)}
    changed = 0
    for organisation, subject, role in databases.restored.run(_MEMBERS):
        now = kept.get((organisation, subject))
        if now is None:
            changed += _change(databases, _REMOVE, organisation=organisation, subject=subject)
        elif now != role:
            changed += _change(databases, _ROLE, organisation=organisation, subject=subject, role=now)
    return changed


def _invitations(databases: Databases) -> int:
    """Withdrawn or accepted ones can't be used again."""
    kept = {one: rest for one, *rest in databases.source.run(_INVITATIONS)}
    changed = 0
    for one, *rest in databases.restored.run(_INVITATIONS):
        if kept.get(one) != rest:
            revoked, accepted, by = kept.get(one, [None, None, None])
            changed += _change(
                databases, _WITHDRAW, id=one, gone=one not in kept, revoked=revoked, accepted=accepted, by=by
            )
    return changed


def _numbers(databases: Databases) -> int:
    """A number that was given away since is not given away again: its events and keys would be another site's."""
    changed = 0
    for table, column in databases.restored.run(_IDENTITIES):
        largest = f"select coalesce(max({identifier(column)}), 0) from {identifier(table)}"
        [[there]], [[restored]] = databases.source.run(largest), databases.restored.run(largest)
        if there > restored:
            with writing(databases.owner):
                databases.owner.run(
                    "select setval(pg_get_serial_sequence(:table, :column), greatest(:value, "
                    "(select last_value from pg_sequences where format('%I.%I', schemaname, sequencename)::regclass "
                    "= pg_get_serial_sequence(:table, :column)::regclass)))",
                    table=table,
                    column=column,
                    value=there,
                )
            changed += 1
    return changed


def _canary(databases: Databases) -> int:
    """The health check's own keys are carried over: their secret has them, and no person has seen them."""
    rows = databases.source.run(_CANARY_KEYS, organisation=CANARY)
    there = {key for (key,) in databases.restored.run("select id from keys where organisation_id = :id", id=CANARY)}
    sites = {site for (site,) in databases.restored.run("select id from sites where organisation_id = :id", id=CANARY)}
    missing = [row for row in rows if row[0] not in there and row[2] in sites]
    with writing(databases.owner, [CANARY]):
        for row in missing:
            databases.owner.run(_CARRY_KEY, **dict(zip(_KEY_COLUMNS, row, strict=True)))
    return len(missing)


def _change(databases: Databases, statement: str, **values: Any) -> int:
    with writing(databases.owner, databases.organisations()):
        databases.owner.run(statement, **values)
        return int(databases.owner.row_count)


_KEYS: Final = "select id, revoked_at, expires_at from keys"
_REVOKE: Final = """
    update keys set
        revoked_at = coalesce(revoked_at, :revoked::timestamptz, case when :gone::boolean then now() end),
        expires_at = least(expires_at, :expires::timestamptz)
    where id = :id::uuid
"""
_MEMBERS: Final = "select organisation_id, subject, role from members"
_REMOVE: Final = "delete from members where organisation_id = :organisation and subject = :subject"
_ROLE: Final = "update members set role = :role where organisation_id = :organisation and subject = :subject"
_INVITATIONS: Final = "select id, revoked_at, accepted_at, accepted_by from invitations"
_WITHDRAW: Final = """
    update invitations set
        revoked_at = coalesce(revoked_at, :revoked::timestamptz, case when :gone::boolean then now() end),
        accepted_at = coalesce(accepted_at, :accepted::timestamptz), accepted_by = coalesce(accepted_by, :by::text)
    where id = :id::uuid
"""
_IDENTITIES: Final = """
    select c.relname::text, a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attidentity <> '' and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1, 2
"""
_KEY_COLUMNS: Final = (
    "id", "organisation_id", "site_id", "kind", "prefix", "sha256", "created_at", "revoked_at", "expires_at",
)  # fmt: skip
_CANARY_KEYS: Final = f"select {', '.join(_KEY_COLUMNS)} from keys where organisation_id = :organisation"
_CARRY_KEY: Final = (
    f"insert into keys ({', '.join(_KEY_COLUMNS)}) values ({', '.join(f':{name}' for name in _KEY_COLUMNS)})"
)

FORGOTTEN: Final[Mapping[str, Forget]] = {
    "keys": _keys,
    "people": _members,
    "invitations": _invitations,
    "numbers given away": _numbers,
    "the canary's keys": _canary,
}
