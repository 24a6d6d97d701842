"""Temporary roles of PostgreSQL, through the functions that alone may make and drop them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pg8000.native import Connection

from shared.credentials.lease import Lease
from shared.platform.scram import verifier
from shared.platform.secret import Secret


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role as PostgreSQL has it."""

    name: str
    can_login: bool
    is_super: bool
    may_create_roles: bool
    bypasses_row_security: bool
    valid_until: datetime | None
    groups: frozenset[str]
    sessions: int


def make_role(connection: Connection, lease: Lease, password: Secret) -> None:
    connection.run(
        "select p09_make_temporary(:role, :verifier, :until, :writes)",
        role=lease.role,
        verifier=verifier(password.reveal()),
        until=lease.expires_at,
        writes=lease.access == "write",
    )


def close_role(connection: Connection, role: str) -> bool:
    """No new sessions; whether there is such a role. Commit before the next step."""
    [[found]] = connection.run("select p09_close_temporary(:role)", role=role)
    return bool(found)


def terminate_sessions(connection: Connection, role: str) -> int:
    """How many sessions are left."""
    [[remaining]] = connection.run("select p09_terminate_temporary(:role)", role=role)
    return int(remaining)


def drop_role(connection: Connection, role: str) -> None:
    connection.run("select p09_drop_temporary(:role)", role=role)


def roles(connection: Connection) -> list[Role]:
    rows: list[list[Any]] = connection.run("select * from p09_roles()")
    names = tuple(Role.__dataclass_fields__)
    return [_role(dict(zip(names, row, strict=True))) for row in rows]


def _role(columns: dict[str, Any]) -> Role:
    return Role(**(columns | {"groups": frozenset(columns["groups"])}))
