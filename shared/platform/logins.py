"""Logins of our own functions in PostgreSQL: two users for each, with the same rights, that rotation takes turns between."""

from typing import Final

from pg8000.native import Connection, identifier, literal

from shared.platform.scram import verifier

SERVICES: Final = frozenset({"p09_api", "p09_collect", "p09_query", "p09_worker", "p09_backup"})
"""The roles of our functions; each has the rights, and its alternate is a member of it."""
_ALTERNATE: Final = "_b"


def base_of(username: str) -> str:
    """The role that has the rights; its alternate is a member of it."""
    return username.removesuffix(_ALTERNATE)


def other_of(username: str) -> str:
    """Whose turn it is after this one."""
    return base_of(username) if username.endswith(_ALTERNATE) else username + _ALTERNATE


def ensure_login(connection: Connection, username: str, password: str) -> None:
    """Let a user log in with a password; the alternate is made when it is not there. Doing it twice does no harm.

    Statements that take no parameters are quoted; the password goes as its verifier, which a log may hold.
    """
    base = base_of(username)
    if username != base:
        _ensure_alternate(connection, username, base)
    connection.run(f"alter role {identifier(username)} login password {literal(verifier(password))}")


def _ensure_alternate(connection: Connection, username: str, base: str) -> None:
    if not connection.run("select 1 from pg_roles where rolname = :name", name=username):
        connection.run(f"create role {identifier(username)} nologin nobypassrls inherit in role {identifier(base)}")
    # A member has its group's rights, and not its settings: time-outs would be missing.
    [[settings]] = connection.run("select coalesce(rolconfig, '{}') from pg_roles where rolname = :name", name=base)
    for setting in settings:
        name, _, value = setting.partition("=")
        connection.run(f"alter role {identifier(username)} set {identifier(name)} = {literal(value)}")
