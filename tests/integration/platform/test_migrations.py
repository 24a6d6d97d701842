import threading
from contextlib import closing
from dataclasses import replace

import pytest
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from shared.platform import migrations
from shared.platform.failures import PostgresUnavailable
from shared.platform.migrations import (
    LOCK_TIMEOUT,
    TRIES,
    Migration,
    MigrationRefused,
    TablesBusy,
    migrate,
    read_migrations,
)
from shared.platform.postgres import Address, connect
from tests.conftest import PASSWORDS, MigratedDatabase
from tests.servers import HOST, PostgresServer

MORE = Migration(len(read_migrations()) + 1, "more", "create table more (id integer); select 'a; b'")


def test_migrations_are_applied_once(migrated: MigratedDatabase) -> None:
    owner = migrated.connect("p09_admin")
    assert migrate(owner, read_migrations()) == []
    assert migrate(owner, [*read_migrations(), MORE]) == [MORE]
    assert migrate(owner, [*read_migrations(), MORE]) == []


def test_a_file_that_changed_after_it_was_applied_is_refused(migrated: MigratedDatabase) -> None:
    first, *others = read_migrations()
    with pytest.raises(MigrationRefused, match=r"0001_.*was changed.*add a new file"):
        migrate(migrated.connect("p09_admin"), [replace(first, sql=first.sql + " "), *others])


def test_another_file_under_an_applied_number_is_refused(migrated: MigratedDatabase) -> None:
    first, *others = read_migrations()
    with pytest.raises(MigrationRefused, match=r"0001_.*was changed"):
        migrate(migrated.connect("p09_admin"), [replace(first, name="other"), *others])


def test_a_release_that_is_rolled_back_leaves_the_later_schema_as_it_is(migrated: MigratedDatabase) -> None:
    owner = migrated.connect("p09_admin")
    migrate(owner, [*read_migrations(), MORE])
    assert migrate(owner, read_migrations()) == []
    assert owner.run("select to_regclass('more') is not null") == [[True]]


def test_a_migration_that_fails_leaves_nothing_behind(migrated: MigratedDatabase) -> None:
    owner = migrated.connect("p09_admin")
    with pytest.raises(DatabaseError):
        migrate(owner, [*read_migrations(), replace(MORE, sql="create table more (id integer); select 1/0")])
    assert migrate(owner, [*read_migrations(), MORE]) == [MORE]


LOCKING = replace(MORE, sql="alter table sites add x text", locks=("sites",))


def test_a_migration_that_finds_a_table_busy_lets_go_of_all_and_tries_again_later(migrated: MigratedDatabase) -> None:
    reader, customer = migrated.connect("p09_admin"), migrated.connect("p09_admin")
    reader.run("begin")
    reader.run("select from sites")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        customer.run("set lock_timeout = '1ms'")
        customer.run("select from organisations, sites")
        if len(pauses) == 2:
            reader.run("commit")

    both = replace(LOCKING, locks=("organisations", "sites"))
    assert migrate(migrated.connect("p09_admin"), [*read_migrations(), both], pause) == [both]
    assert 0.05 <= pauses[0] <= 0.15
    assert 0.1 <= pauses[1] <= 0.3


def test_a_table_that_is_always_busy_ends_the_deploy_and_not_the_service(
    migrated: MigratedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "10ms")
    reader, owner = migrated.connect("p09_admin"), migrated.connect("p09_admin")
    reader.run("begin")
    reader.run("select from sites")
    pauses: list[float] = []
    with pytest.raises(TablesBusy, match=r"_more\.sql: sites could not be locked"):
        migrate(owner, [*read_migrations(), LOCKING], pauses.append)
    assert len(pauses) == TRIES - 1
    assert max(pauses) <= 7.5
    reader.run("commit")
    assert migrate(owner, [*read_migrations(), LOCKING]) == [LOCKING]


def test_the_locks_are_given_up_before_postgres_looks_for_deadlocks(migrated: MigratedDatabase) -> None:
    owner = migrated.connect("p09_admin")
    assert owner.run(
        "select 2 * cast(:ours as interval) <= cast(current_setting('deadlock_timeout') as interval)", ours=LOCK_TIMEOUT
    ) == [[True]]


@pytest.mark.parametrize("sql", [
    "alter table sites add x text",
    "create policy nobody on sites using (false)",
    "create table mine (site integer references sites)",
    "update sites set name = 'x'",
    "select from sites",
])  # fmt: skip
def test_a_migration_that_touches_a_table_without_saying_so_is_refused(migrated: MigratedDatabase, sql: str) -> None:
    owner = migrated.connect("p09_admin")
    undeclared = replace(MORE, sql=sql)
    with pytest.raises(MigrationRefused, match=r"_more\.sql touches sites: name them in shared/migrations/locks\.toml"):
        migrate(owner, [*read_migrations(), undeclared])
    declared = replace(undeclared, locks=("sites",))
    assert migrate(owner, [*read_migrations(), declared]) == [declared]


def test_a_partition_counts_as_its_table(migrated: MigratedDatabase) -> None:
    owner = migrated.connect("p09_admin")
    adds = replace(MORE, sql="alter table events add note text", locks=("events",))
    assert migrate(owner, [*read_migrations(), adds]) == [adds]


def test_each_file_names_the_tables_that_it_touches_and_no_others(postgres_server: PostgresServer) -> None:
    with postgres_server.connect_as_superuser() as superuser:
        superuser.run("create database p09_locks owner p09_admin")
        try:
            owner = connect(
                Address(host=HOST, port=postgres_server.port, database="p09_locks"),
                user="p09_admin", password=PASSWORDS["p09_admin"], application="tests",
            )  # fmt: skip
            with closing(owner):
                for number, migration in enumerate(read_migrations()):
                    assert touched(owner, migration) == set(migration.locks), migration.file
                    migrate(owner, read_migrations()[: number + 1])
        finally:
            superuser.run("drop database p09_locks with (force)")


def touched(owner: Connection, migration: Migration) -> set[str]:
    try:
        owner.run("begin")
        there = migrations._tables(owner)
        owner.execute_simple(migration.sql)
        return migrations._touched(owner, there) - {"schema_migrations"}
    finally:
        owner.run("rollback")


def test_a_migration_that_takes_too_long_is_ended_and_the_next_deploy_can_begin(
    migrated: MigratedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service waits for all that is locked: no statement of a migration may take its time, nor all of them together."""
    monkeypatch.setattr(migrations, "TRANSACTION_TIMEOUT", "100ms")
    slow = replace(LOCKING, sql="select pg_sleep(0.06); select pg_sleep(0.06); select pg_sleep(60)")
    with pytest.raises(
        PostgresUnavailable, match=r"_more\.sql: PostgreSQL ended the session. A migration may take 100ms"
    ):
        migrate(migrated.database("p09_admin").connection(), [*read_migrations(), slow])
    monkeypatch.undo()
    assert migrate(migrated.connect("p09_admin"), [*read_migrations(), LOCKING]) == [LOCKING]


def test_two_deploys_at_once_apply_each_migration_once(migrated: MigratedDatabase) -> None:
    applied: list[Migration] = []
    connections = [migrated.connect("p09_admin") for _ in range(2)]
    threads = [
        threading.Thread(target=lambda one=one: applied.extend(migrate(one, [*read_migrations(), MORE])))
        for one in connections
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert applied == [MORE]


def test_locks_of_a_file_that_is_not_there_are_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("migrations")
    (folder / "0001_a.sql").write_text("select 1")
    (folder / "locks.toml").write_text('"0002_a.sql" = ["sites"]')
    with pytest.raises(MigrationRefused, match=r"locks\.toml names 0002_a\.sql, and there is no such file"):
        read_migrations(folder)


@pytest.mark.parametrize(
    "names", [["0001_a.sql", "0003_b.sql"], ["0002_a.sql"], ["1_a.sql"], ["0001_a.sql", "0001_b.sql"]]
)
def test_wrongly_numbered_files_are_refused(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("migrations")
    for name in names:
        (folder / name).write_text("select 1")
    with pytest.raises(MigrationRefused):
        read_migrations(folder)


def test_neither_application_role_may_bypass_row_level_security_or_owns_anything(migrated: MigratedDatabase) -> None:
    owner = migrated.connect("p09_admin")

    def names(sql: str) -> list[str]:
        return [name for (name,) in owner.run(sql)]

    assert names("select rolname from pg_roles where rolname like 'p09_%' and (rolbypassrls or rolsuper)") == []
    assert (
        names("select relname from pg_class join pg_roles r on r.oid = relowner where rolname ~ '^p09_(api|worker)$'")
        == []
    )
    assert (
        names(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') "
            "and not relispartition and relname <> 'schema_migrations' and not (relrowsecurity and relforcerowsecurity)"
        )
        == []
    )


def test_migrations_open_their_tables_to_temporary_logins(migrated: MigratedDatabase) -> None:
    """Otherwise the next temporary login does, and locks them in the middle of the service."""
    owner = migrated.connect("p09_admin")
    owner.run("begin")
    owner.run("select p09_open_to_people()")
    changed = owner.run("select relname from pg_class where xmin::text = pg_current_xact_id()::xid::text")
    opened = owner.run("select polname from pg_policy where xmin::text = pg_current_xact_id()::xid::text")
    assert (changed, opened) == ([], [])
