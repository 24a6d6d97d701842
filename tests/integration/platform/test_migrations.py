import threading
from dataclasses import replace

import pytest
from pg8000.exceptions import DatabaseError

from shared.platform import migrations
from shared.platform.migrations import Migration, MigrationRefused, migrate, read_migrations
from tests.conftest import MigratedDatabase

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


def test_a_migration_does_not_wait_for_a_lock_for_long_and_holds_up_nobody(
    migrated: MigratedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "_BOUNDS", migrations._BOUNDS.replace("'5s'", "'50ms'"))
    reader = migrated.connect("p09_admin")
    reader.run("begin")
    reader.run("lock table sites in access share mode")
    with pytest.raises(DatabaseError, match="lock timeout"):
        migrate(migrated.connect("p09_admin"), [*read_migrations(), replace(MORE, sql="alter table sites add x text")])


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
