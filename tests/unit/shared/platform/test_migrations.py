from typing import TYPE_CHECKING, Any, cast

import pytest
from pg8000.exceptions import DatabaseError

from shared.platform.migrations import TRIES, Migration, migrate

if TYPE_CHECKING:
    from pg8000.native import Connection

DEADLOCK, MISSING = "40P01", "42P01"
MIGRATION = Migration(1, "adds", "alter table sites add note text")


class Refusing:
    """A database that refuses the migration ``times`` times, with this SQLSTATE."""

    def __init__(self, code: str, times: int) -> None:
        self._refusals = [DatabaseError({"C": code})] * times
        self.said: list[str] = []

    def run(self, sql: str, **_parameters: Any) -> list[Any]:
        self.said.append(sql)
        return []

    def execute_simple(self, sql: str) -> None:
        if sql == MIGRATION.sql and self._refusals:
            raise self._refusals.pop()


def migrated(database: Refusing) -> list[Migration]:
    return migrate(cast("Connection", database), [MIGRATION])


def test_a_migration_that_met_the_service_in_a_deadlock_is_applied_anew() -> None:
    database = Refusing(DEADLOCK, TRIES - 1)
    assert migrated(database) == [MIGRATION]
    assert (database.said.count("rollback"), database.said.count("commit")) == (TRIES - 1, 1)


@pytest.mark.parametrize(("code", "times", "tries"), [(DEADLOCK, TRIES, TRIES), (MISSING, 1, 1)])
def test_one_that_ever_deadlocks_or_is_wrong_is_given_up_and_unlocked(code: str, times: int, tries: int) -> None:
    database = Refusing(code, times)
    with pytest.raises(DatabaseError):
        migrated(database)
    assert (database.said.count("rollback"), database.said.count("commit")) == (tries, 0)
    assert "pg_advisory_unlock" in database.said[-1]
