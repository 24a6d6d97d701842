"""Rotation of a secret in the four steps of Secrets Manager, each of which can be cut short and done again.

Two of each kind are always good: the current one, and the one before. Who has the old one in memory goes on with it until the
next rotation, and fetches the secret again when it is refused. What makes that so differs by kind, and is the target's.
"""

import json
import secrets
import string
from collections.abc import Callable, Mapping
from typing import Final, Protocol

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
STEPS: Final = ("createSecret", "setSecret", "testSecret", "finishSecret")
_LENGTH: Final = 64


class RotationRefused(Exception):
    """The request is none that Secrets Manager makes, or not for a secret of this kind."""


class Secrets(Protocol):
    """Secrets Manager. Everything raises ``AwsUnavailable`` and ``AwsRefused``."""

    def stages(self, secret_id: str) -> Mapping[str, list[str]]: ...
    def read(self, secret_id: str, *, version: str | None = None) -> str: ...
    def put_pending(self, secret_id: str, version: str, text: str) -> None: ...
    def promote(self, secret_id: str, version: str, *, instead_of: str | None) -> None: ...


class Target(Protocol):
    """What a secret opens or signs for. Texts are what the secret's versions hold; every call may be made again."""

    def make(self, current: str) -> str:
        """The next version's text. Raises ``RotationRefused``, as the others do, for a text of another kind."""

    def admit(self, pending: str, current: str) -> None:
        """Have the next version work beside the current one."""

    def test(self, text: str) -> None:
        """Raises unless it works."""

    def retire(self, current: str) -> None:
        """What is older than the version before the current one, ends."""

    def describe(self, text: str) -> Mapping[str, str]:
        """What may be told of a version."""


Tell = Callable[[str, str, Mapping[str, str]], None]
"""Puts a secret, its new version and what may be told of it in the audit trail; a version twice is once."""


class Rotation:
    def __init__(self, store: Secrets, target: Target, tell: Tell) -> None:
        self._store = store
        self._target = target
        self._tell = tell

    def run(self, step: str, secret_id: str, version: str) -> None:
        """Carry out one step. Raises ``RotationRefused``, and what the secret's store and the target raise."""
        steps = dict(zip(STEPS, (self._create, self._set, self._test, self._finish), strict=True))
        if step not in steps:
            raise RotationRefused(f"{step} is none of {', '.join(STEPS)}")
        steps[step](secret_id, version)

    def _create(self, secret_id: str, version: str) -> None:
        # Secrets Manager makes the version before its content.
        if not self._store.read(secret_id, version=version):
            text = self._target.make(self._store.read(secret_id))
            self._store.put_pending(secret_id, version, text)

    def _set(self, secret_id: str, version: str) -> None:
        if not self._is_current(secret_id, version):
            self._target.admit(self._store.read(secret_id, version=version), self._store.read(secret_id))

    def _test(self, secret_id: str, version: str) -> None:
        self._target.test(self._store.read(secret_id, version=version))

    def _finish(self, secret_id: str, version: str) -> None:
        text = self._store.read(secret_id, version=version)
        if not self._is_current(secret_id, version):
            self._target.test(text)  # whoever calls: what does not work never becomes current
            self._tell(secret_id, version, self._target.describe(text))
            stages = self._store.stages(secret_id)
            current = next((one for one, names in stages.items() if CURRENT in names), None)
            self._store.promote(secret_id, version, instead_of=current)
        self._target.retire(text)

    def _is_current(self, secret_id: str, version: str) -> bool:
        return CURRENT in self._store.stages(secret_id).get(version, [])


def read_login(text: str) -> tuple[str, str]:
    """User name and password. Raises ``RotationRefused``."""
    try:
        found = json.loads(text)
        return str(found["username"]), str(found["password"])
    except (ValueError, KeyError, TypeError):
        raise RotationRefused("the secret, or this version of it, holds no login") from None


def write_login(username: str, password: str) -> str:
    return json.dumps({"username": username, "password": password})


def new_password() -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(_LENGTH))
