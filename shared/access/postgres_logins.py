"""Logins of functions in PostgreSQL, changed by its administrator."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from shared.access.audit import OPERATIONS, Entry
from shared.access.audit_store import record
from shared.access.rotation import RotationRefused
from shared.platform.logins import base_of, ensure_login, other_of

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.platform.postgres import Database

ROTATED: Final = frozenset({"p09_api", "p09_worker"})


class PostgresLogins:
    """``connect`` logs in with a user name and a password. Raises ``PostgresUnavailable``."""

    def __init__(self, admin: "Database", connect: Callable[[str, str], "Connection"]) -> None:
        self._admin = admin
        self._connect = connect

    def other(self, username: str) -> str:
        self._check(username)
        return other_of(username)

    def set(self, username: str, password: str) -> None:
        self._check(username)
        with self._admin.transaction() as connection:
            ensure_login(connection, username, password)

    def test(self, username: str, password: str) -> None:
        """It can log in and has the rights of its role."""
        connection = self._connect(username, password)
        try:
            [[has]] = connection.run("select pg_has_role(current_user, :role, 'usage')", role=base_of(username))
        finally:
            connection.close()
        if not has:
            raise RotationRefused(f"{username} has not the rights of {base_of(username)}")

    def tell(self, secret_id: str, version: str, username: str) -> None:
        """In the audit trail, once for each version."""
        entry = Entry(
            id=uuid5(NAMESPACE_URL, version), organisation_id=OPERATIONS, actor="function:secret_rotation",
            action="secret.rotate", subject=f"secret/{secret_id}"[:300], after={"username": username, "version": version},
        )  # fmt: skip
        with self._admin.transaction([OPERATIONS]) as connection:
            record(connection, entry)

    def _check(self, username: str) -> None:
        if base_of(username) not in ROTATED:
            raise RotationRefused(f"{username} is none of the logins that take turns: {', '.join(sorted(ROTATED))}")
