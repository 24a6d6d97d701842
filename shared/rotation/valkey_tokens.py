"""The password of Valkey's user, of which two are good at a time. Who is signed in stays so."""

import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Protocol

from shared.platform.valkey import Connection, Valkey
from shared.rotation.rotation import RotationRefused, new_password, read_login, write_login

ACTIVE: Final = "active"
_POLL_SECONDS: Final = 2.0

Admit = Callable[[Sequence[str]], None]
"""Lets the user in with exactly these passwords."""


class ElastiCache(Protocol):
    """boto3's client, as far as it is used here."""

    def describe_users(self, *, UserId: str) -> dict[str, Any]: ...  # noqa: N803 -- boto3's names
    def modify_user(self, *, UserId: str, Passwords: list[str]) -> dict[str, Any]: ...  # noqa: N803 -- boto3's own names


class ValkeyTokens:
    """``connect`` signs in with a password. Raises ``ValkeyUnavailable``."""

    def __init__(self, admit: Admit, connect: Callable[[str], Connection]) -> None:
        self._admit = admit
        self._connect = connect

    def make(self, current: str) -> str:
        return write_login(read_login(current)[0], new_password())

    def admit(self, pending: str, current: str) -> None:
        self._admit([read_login(one)[1] for one in (current, pending)])

    def test(self, text: str) -> None:
        connection = self._connect(read_login(text)[1])
        try:
            connection.exchange([("PING",)])
        finally:
            connection.close()

    def retire(self, current: str) -> None:
        """There is room for two: the third fell out when this one was let in."""

    def describe(self, text: str) -> Mapping[str, str]:
        return {"username": read_login(text)[0]}


def by_acl(valkey: Valkey) -> Admit:
    """Of a Valkey that takes ACL commands, which the managed ones refuse; it has to have a file to save them to."""

    def admit(passwords: Sequence[str]) -> None:
        digests = [
            f"#{sha256(password.encode()).hexdigest()}" for password in passwords
        ]  # for the log of slow commands
        try:
            valkey.pipeline([("ACL", "SETUSER", "default", "resetpass", *digests), ("ACL", "SAVE")])
        finally:
            valkey.close()

    return admit


def by_elasticache(
    client: ElastiCache, user_id: str, *, seconds: float, sleep: Callable[[float], object] = time.sleep
) -> Admit:
    """Of a user of ElastiCache, whose changes take ``seconds`` at most. Raises botocore's errors."""

    def wait() -> None:
        for _ in range(int(seconds / _POLL_SECONDS)):
            [user] = client.describe_users(UserId=user_id)["Users"]
            if user["Status"] == ACTIVE:
                return
            sleep(_POLL_SECONDS)
        raise RotationRefused(f"{user_id} is still being modified after {seconds:g} s: the next attempt goes on")

    def admit(passwords: Sequence[str]) -> None:
        wait()  # for an attempt that was cut off
        client.modify_user(UserId=user_id, Passwords=list(passwords))
        wait()

    return admit
