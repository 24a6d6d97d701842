import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from pg8000.exceptions import DatabaseError

from local.backups.restore import TemporaryPostgres, temporary
from shared.backups.content import Mark, differences
from shared.backups.proof import KEPT, MarkRefused, read_content, read_sentinels, take_mark
from shared.platform.postgres import connect
from tests.conftest import PASSWORDS, MigratedDatabase
from tests.integration.backups.conftest import World

if TYPE_CHECKING:
    from pg8000.native import Connection


@contextmanager
def traffic(world: World, writers: int = 3) -> Iterator[None]:
    """Transactions that touch two tables each, hundreds a second."""
    over = threading.Event()

    def write() -> None:
        with world.connect() as connection:
            while not over.wait(0.002):
                connection.run("begin")
                connection.run("insert into facts select 10000 + floor(random() * 1e6), md5(random()::text)")
                connection.run("update facts set said = md5(said) where n = (random() * 2000)::int")
                connection.run("insert into also values (now())")
                connection.run("commit")

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _found(world: World, instance: TemporaryPostgres, mark: Mark) -> tuple[str, ...]:
    with world.connect(instance.port) as connection:
        return differences(mark, read_content(connection), read_sentinels(connection, mark.id))


def test_every_table_is_the_same_at_a_mark_set_under_traffic(backed_up: World) -> None:
    with traffic(backed_up):
        marks = [take_mark(backed_up.connect, f"mark-{number}") for number in range(3)]
    backed_up.archive()
    for mark in marks:
        assert mark.at.microsecond == 0
        with temporary(backed_up.restore(mark.at)) as instance:
            assert _found(backed_up, instance, mark) == ()
    assert len({mark.content.tables["facts"] for mark in marks}) == 3
    with temporary(backed_up.restore(marks[0].at)) as instance:
        found = _found(backed_up, instance, marks[1])
    assert any("is not there" in one for one in found)
    assert any(one.startswith("Table facts has") for one in found)


def test_a_second_too_far_is_found(backed_up: World) -> None:
    mark = take_mark(backed_up.connect, "mark")
    backed_up.run("insert into facts values (0, 'later')")
    later = backed_up.now()
    backed_up.archive()
    with temporary(backed_up.restore(later)) as instance:
        found = _found(backed_up, instance, mark)
    assert any("was written after the moment: the replay went too far" in one for one in found)


def test_a_changed_value_is_found_and_another_order_is_not(world: World) -> None:
    mark = take_mark(world.connect, "mark")
    world.run("update facts set said = 'other' where n = 7")
    with world.connect() as connection:
        found = differences(mark, read_content(connection), [mark.sentinel])
    assert "Table facts has as many rows, but other content: its checksums differ." in found
    before = _facts(world)
    world.run("create table sorted as select * from facts order by said desc")
    world.run("truncate facts; insert into facts select * from sorted; drop table sorted")
    assert _facts(world) == before


def _facts(world: World) -> object:
    with world.connect() as connection:
        return read_content(connection).tables["facts"]


def test_an_invalid_constraint_is_named(world: World) -> None:
    world.run("alter table facts add constraint positive check (n > 5) not valid")
    with world.connect() as connection:
        assert read_content(connection).invalid == ("Constraint positive",)


def test_a_transaction_that_never_ends_refuses_the_mark_and_blocks_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.backups.proof.ATTEMPTS", 2)
    with world.connect() as open_for_long:
        open_for_long.run("begin")
        open_for_long.run("insert into facts values (0, 'not yet')")
        with pytest.raises(MarkRefused, match="a transaction stays open"):
            take_mark(world.connect, "mark")
        world.run("insert into facts values (1, 'meanwhile')")
        open_for_long.run("rollback")


def test_who_proves_backups_reads_every_row_and_changes_none(migrated: MigratedDatabase) -> None:
    owner = migrated.connect("p09_admin")
    secured = "select relname from pg_class where relrowsecurity and relkind in ('r', 'p')"
    forced = {name for (name,) in owner.run(secured)} - {"backup_sentinels"}
    read_whole = "select tablename from pg_policies where 'p09_backup' = any (roles) and qual = 'true'"
    open_to_it = {name for (name,) in owner.run(read_whole)} - {"backup_sentinels"}
    assert open_to_it == forced, "a new table with row-level security needs the policy backup_proof"
    backup = migrated.connect("p09_backup")
    assert read_content(backup).tables.keys() >= forced
    for table in sorted(forced):
        for change in (f"delete from {table}", f"insert into {table} default values", f"truncate {table}"):
            with pytest.raises(DatabaseError, match="permission denied"):
                backup.run(change)


def test_who_proves_backups_may_mark(migrated: MigratedDatabase) -> None:
    mark = take_mark(
        lambda: connect(migrated.address, user="p09_backup", password=PASSWORDS["p09_backup"], application="t"), "mark"
    )
    assert mark.content.tables["backup_sentinels"].rows == 1
    assert mark.content.migrations >= 4


def test_a_mark_forgets_the_sentinels_of_marks_that_no_backup_reaches_any_more(migrated: MigratedDatabase) -> None:
    def backup() -> "Connection":
        return connect(migrated.address, user="p09_backup", password=PASSWORDS["p09_backup"], application="t")

    with backup() as connection:
        for age in (KEPT + timedelta(hours=1), KEPT - timedelta(hours=1)):
            connection.run(
                "insert into backup_sentinels (id, mark, side, written_at) "
                "values (:id, :mark, 'before', now() - cast(:age as interval))",
                id=uuid4(), mark=f"{age.days} days", age=age,
            )  # fmt: skip
    take_mark(backup, "new")
    with backup() as connection:
        kept = connection.run("select distinct mark from backup_sentinels order by mark")
    assert kept == [[f"{KEPT.days - 1} days"], ["new"]]
