import pytest

from functions.migrate.wait import NotInTime, connect_in_time
from shared.platform.failures import PostgresBadLogin, PostgresUnavailable

WHERE = "p09-prod-postgres.cluster-x.eu-central-1.rds.amazonaws.com:15432"


class Server:
    """Comes up after some attempts; counts what it is asked and what was said meanwhile."""

    def __init__(self, *, up_after: int, failure: PostgresUnavailable | None = None) -> None:
        self.left = up_after
        self.failure = failure or PostgresUnavailable("Name or service not known")
        self.said: list[str] = []

    def connect(self) -> str:
        if self.left > 0:
            self.left -= 1
            raise self.failure
        return "a connection"

    def connected(self, *, rests: int) -> str:
        return connect_in_time(
            self.connect, where=WHERE, has_time=lambda: len(self.said) < rests, rest=self.said.append
        )


def test_a_database_that_comes_up_later_is_waited_for_and_each_wait_says_for_what() -> None:
    server = Server(up_after=3)
    assert server.connected(rests=10) == "a connection"
    assert server.said == [f"waiting for PostgreSQL at {WHERE}: Name or service not known"] * 3


def test_a_database_that_is_up_is_not_waited_for() -> None:
    server = Server(up_after=0)
    assert server.connected(rests=0) == "a connection"
    assert server.said == []


def test_a_database_that_never_comes_up_fails_in_time_with_its_address_and_its_last_answer() -> None:
    server = Server(up_after=1000)
    with pytest.raises(NotInTime, match=f"waited in vain for PostgreSQL at {WHERE}: Name or service not known"):
        server.connected(rests=4)
    assert len(server.said) == 4


def test_a_refused_login_is_no_matter_of_time() -> None:
    server = Server(up_after=1, failure=PostgresBadLogin("password authentication failed"))
    with pytest.raises(PostgresBadLogin, match="password"):
        server.connected(rests=4)
    assert server.said == []
