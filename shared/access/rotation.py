"""Rotation of a login in the four steps of Secrets Manager, each of which can be cut short and done again.

Two users take turns: while the secret still names one, the other gets its new password. Who has the old login in memory goes on
with it until its user's next turn, and fetches the secret again when it is refused.
"""

import json
import secrets
import string
from collections.abc import Mapping
from typing import Final, Protocol

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
STEPS: Final = ("createSecret", "setSecret", "testSecret", "finishSecret")
_LENGTH: Final = 64


class RotationRefused(Exception):
    """The request is none that Secrets Manager makes, or not for a secret of this kind."""


class Secrets(Protocol):
    """Secrets Manager. Everything raises ``AwsUnavailable`` and ``AwsRefused``."""

    def versions(self, secret_id: str) -> Mapping[str, list[str]]: ...
    def read(self, secret_id: str, *, version: str | None = None) -> str: ...
    def put_pending(self, secret_id: str, version: str, text: str) -> None: ...
    def promote(self, secret_id: str, version: str, *, instead_of: str | None) -> None: ...


class Logins(Protocol):
    """The server that the logins are for."""

    def other(self, username: str) -> str: ...
    def set(self, username: str, password: str) -> None: ...
    def test(self, username: str, password: str) -> None: ...
    def tell(self, secret_id: str, version: str, username: str) -> None: ...


class Rotation:
    def __init__(self, store: Secrets, logins: Logins) -> None:
        self._store = store
        self._logins = logins

    def run(self, step: str, secret_id: str, version: str) -> None:
        """Carry out one step. Raises ``RotationRefused``, and what the secret's store and the server raise."""
        steps = dict(zip(STEPS, (self._create, self._set, self._test, self._finish), strict=True))
        if step not in steps:
            raise RotationRefused(f"{step} is none of {', '.join(STEPS)}")
        steps[step](secret_id, version)

    def _create(self, secret_id: str, version: str) -> None:
        if self._store.versions(secret_id).get(version):
            try:
                self._login(secret_id, version)
            except RotationRefused:
                pass  # Secrets Manager makes the version before its content
            else:
                return
        username = self._login(secret_id)[0]
        login = {"username": self._logins.other(username), "password": _password()}
        self._store.put_pending(secret_id, version, json.dumps(login))

    def _set(self, secret_id: str, version: str) -> None:
        if not self._is_current(secret_id, version):
            self._logins.set(*self._pending(secret_id, version))

    def _test(self, secret_id: str, version: str) -> None:
        self._logins.test(*self._pending(secret_id, version))

    def _finish(self, secret_id: str, version: str) -> None:
        username, _ = self._pending(secret_id, version)
        self._logins.tell(secret_id, version, username)
        if self._is_current(secret_id, version):
            return
        current = next((one for one, stages in self._store.versions(secret_id).items() if CURRENT in stages), None)
        self._store.promote(secret_id, version, instead_of=current)

    def _is_current(self, secret_id: str, version: str) -> bool:
        return CURRENT in self._store.versions(secret_id).get(version, [])

    def _pending(self, secret_id: str, version: str) -> tuple[str, str]:
        """The version's login, which must not be the one in use under another password."""
        login = self._login(secret_id, version)
        if not self._is_current(secret_id, version) and login[0] == self._login(secret_id)[0]:
            raise RotationRefused(f"{login[0]} is in use: its password is not changed under who uses it")
        return login

    def _login(self, secret_id: str, version: str | None = None) -> tuple[str, str]:
        text = self._store.read(secret_id, version=version)
        try:
            found = json.loads(text)
            return str(found["username"]), str(found["password"])
        except (ValueError, KeyError, TypeError):
            raise RotationRefused(f"version {version or CURRENT} of {secret_id} holds no login") from None


def _password() -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(_LENGTH))
