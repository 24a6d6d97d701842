"""The database closed to writers while a restore is promoted, its logins, and roles that must not come back. As its owner.

A closed database is read as before; writers are told that it is unavailable. It is a default of sessions: the promotion itself
writes in transactions that say so (`begin read write`).
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from pg8000.native import identifier

from shared.credentials.lease import id_of
from shared.credentials.roles import close_role, drop_role, roles, terminate_sessions
from shared.platform.logins import ensure_login, other_of
from shared.platform.postgres import writing

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.platform.aws.secrets import Login

OWN: Final = "p09_"
# Aurora's own logins, and whoever initialised the cluster.
_PROVIDERS: Final = ("rds", "postgres")


def close_to_writers(owner: "Connection") -> int:
    """New sessions only read; returns how many sessions of before were ended."""
    _run(owner, f"alter database {_name(owner)} set default_transaction_read_only = on")
    return end_sessions(owner)


def open_to_writers(owner: "Connection") -> int:
    """The reverse: sessions that only read are ended, too, so that none of them refuses a write."""
    _run(owner, f"alter database {_name(owner)} reset default_transaction_read_only")
    return end_sessions(owner)


def end_sessions(owner: "Connection") -> int:
    """Sessions of our own logins, this one apart. With a role's rights the owner may end its sessions; it gives them back."""
    ended = 0
    for (role,) in owner.run(
        "select distinct usename::text from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() "
        "and usename like :own and usename <> current_user",
        own=f"{OWN}%".replace("_", "\\_"),
    ):
        with writing(owner):
            owner.run(f"grant {identifier(role)} to current_user with inherit true")
            ((count,),) = owner.run(
                "select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity "
                "where datname = current_database() and usename = :role",
                role=role,
            )
            owner.run(f"revoke {identifier(role)} from current_user granted by current_user")
        ended += int(count)
    return ended


def set_logins(owner: "Connection", logins: Iterable["Login"]) -> list[str]:
    """Each login gets its secret's current password; its alternate, whose password is of then, can't log in until its turn."""
    done = []
    for login in logins:
        with writing(owner):
            ensure_login(owner, login.username, login.password.reveal())
            other = other_of(login.username)
            if owner.run("select from pg_roles where rolname = :name", name=other):
                owner.run(f"alter role {identifier(other)} nologin password null")
        done.append(login.username)
    return done


def end_roles(owner: "Connection", may_log_in: Collection[str]) -> list[str]:
    """Drop temporary roles, and close every other role that could log in then and can't now. Returns their names."""
    ended = []
    for role in roles(owner):
        if id_of(role.name) is not None:
            _drop(owner, role.name)
            ended.append(role.name)
        elif role.can_login and role.name not in may_log_in and not role.name.startswith(_PROVIDERS):
            _run(owner, f"alter role {identifier(role.name)} nologin")
            ended.append(role.name)
    return ended


def _drop(owner: "Connection", role: str) -> None:
    with writing(owner):
        close_role(owner, role)
    with writing(owner):
        terminate_sessions(owner, role)
        drop_role(owner, role)


def _run(owner: "Connection", statement: str) -> None:
    with writing(owner):
        owner.run(statement)


def _name(owner: "Connection") -> str:
    ((name,),) = owner.run("select current_database()::text")
    return str(identifier(name))
