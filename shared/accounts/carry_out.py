"""Does in the user pool what was asked for an account. Done twice, it is as done once, but for a second mail."""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from shared.accounts.message import Message, invitation
from shared.accounts.model import Account
from shared.accounts.store import AccountStore

_KINDS: Final = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#%*+-=?")  # as the pool asks for
_ALIKE: Final = str.maketrans("", "", "0O1lI")
_LENGTH: Final = 16


class Impossible(Exception):
    """It can't be done, however often it is tried; the message says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class PoolUser:
    """``is_new``: they have not signed in yet, and have a temporary password at best."""

    subject: str
    is_new: bool


class Pool(Protocol):
    def find(self, email: str) -> PoolUser | None: ...

    def create(self, email: str, name: str, password: str) -> PoolUser: ...

    def set_temporary_password(self, email: str, password: str) -> None: ...

    def set_roles(self, email: str, roles: tuple[str, ...]) -> None: ...

    def enable(self, email: str) -> None: ...

    def disable(self, email: str) -> None:
        """No new sessions, and no renewal of those that there are."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """``send`` sends a message to an address. It and the pool raise ``Impossible``."""

    store: AccountStore
    pool: Pool
    send: Callable[[str, Message], None]
    clock: Callable[[], datetime]
    console_url: str


def carry_out(account: Account, ports: Ports) -> Account:
    """What became of it, as it is stored. Raises ``Overtaken`` when something else was asked meanwhile."""
    try:
        after = _ACTS[account.wanted](account, ports)
    except Impossible as error:
        after = account.ended("failed", str(error))
    ports.store.finish(account, after)
    return after


def admit(account: Account, pool: Pool) -> str | None:
    """Have them in the pool with their roles. The temporary password that they have to be told, if they need one."""
    user = pool.find(account.email)
    password = make_password() if user is None or user.is_new else None
    if user is None and password:
        pool.create(account.email, account.name, password)
    elif password:
        pool.set_temporary_password(account.email, password)
    if account.roles:
        pool.set_roles(account.email, account.roles)
    return password


def make_password() -> str:
    """Random, of every kind of character that the pool asks for, and without those that look alike."""
    kinds = [kind.translate(_ALIKE) for kind in _KINDS]
    while True:
        password = "".join(secrets.choice("".join(kinds)) for _ in range(_LENGTH))
        if all(set(kind) & set(password) for kind in kinds) and password[0].isalpha():
            return password


def _invite(account: Account, ports: Ports) -> Account:
    password = admit(account, ports.pool)
    message = invitation(account, console_url=ports.console_url, password=password, now=ports.clock())
    ports.send(account.email, message)
    return account.ended("invited" if password else "enabled")


def _enable(account: Account, ports: Ports) -> Account:
    _known(account, ports.pool)
    ports.pool.enable(account.email)
    return account.ended("enabled")


def _disable(account: Account, ports: Ports) -> Account:
    user = _known(account, ports.pool)
    ports.pool.disable(account.email)
    # After it: no token can be made any more that is younger than this.
    ports.store.end_sessions(user.subject, ports.clock())
    return account.ended("disabled")


def _known(account: Account, pool: Pool) -> PoolUser:
    user = pool.find(account.email)
    if user is None:
        raise Impossible(f"nobody signs in as {account.email}: look for another spelling")
    return user


_ACTS: Final = {"invited": _invite, "enabled": _enable, "disabled": _disable}
