"""The database may come up after the function that migrates it: a first deploy makes both side by side."""

from collections.abc import Callable
from typing import TypeVar

from shared.platform.failures import PostgresBadLogin, PostgresUnavailable

C = TypeVar("C")


class NotInTime(PostgresUnavailable):
    """PostgreSQL did not come up in time."""


def connect_in_time(
    connect: Callable[[], C], *, where: str, has_time: Callable[[], bool], rest: Callable[[str], None]
) -> C:
    """The connection, as soon as there is one.

    Parameters
    ----------
    where
        The server's host and port, for people.
    rest
        Told what is waited for, and waits until it is time to try again.

    Raises
    ------
    NotInTime
        with the server's address and its last answer
    PostgresBadLogin
        at once: a server that refuses a login is up
    """
    while True:
        try:
            return connect()
        except PostgresBadLogin:
            raise
        except PostgresUnavailable as error:
            waited = f"PostgreSQL at {where}: {error}"
            if not has_time():
                raise NotInTime(f"waited in vain for {waited}") from error
            rest(f"waiting for {waited}")
