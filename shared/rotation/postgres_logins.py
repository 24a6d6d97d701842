"""Logins of functions in PostgreSQL, changed by its administrator. Two users take turns: nobody's password changes under them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from shared.platform.logins import SERVICES, base_of, ensure_login, other_of
from shared.rotation.rotation import RotationRefused, new_password, read_login, write_login

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.platform.postgres import Database


class PostgresLogins:
    """``connect`` logs in with a user name and a password. Raises ``PostgresUnavailable``."""

    def __init__(self, admin: "Database", connect: Callable[[str, str], "Connection"]) -> None:
        self._admin = admin
        self._connect = connect

    def make(self, current: str) -> str:
        return write_login(other_of(_user(current)), new_password())

    def admit(self, pending: str, current: str) -> None:
        username, password = _user(pending), read_login(pending)[1]
        if username == _user(current):
            raise RotationRefused(f"{username} is in use: its password is not changed under who uses it")
        with self._admin.transaction() as connection:
            ensure_login(connection, username, password)

    def test(self, text: str) -> None:
        """It can log in and has the rights of its role."""
        username = _user(text)
        connection = self._connect(*read_login(text))
        try:
            [[has]] = connection.run("select pg_has_role(current_user, :role, 'usage')", role=base_of(username))
        finally:
            connection.close()
        if not has:
            raise RotationRefused(f"{username} has not the rights of {base_of(username)}")

    def retire(self, current: str) -> None:
        """The other user's password is the version before, and is overwritten at its turn."""

    def describe(self, text: str) -> Mapping[str, str]:
        return {"username": _user(text)}


def _user(text: str) -> str:
    username, _ = read_login(text)
    if base_of(username) not in SERVICES:
        raise RotationRefused(f"{username} is none of the logins that take turns: {', '.join(sorted(SERVICES))}")
    return username
