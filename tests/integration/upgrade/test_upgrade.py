"""A database with data goes from every released schema to the newest, while the release before keeps reading and writing.

What a release says is on record from the schema of its day on. A schema that no release ever ran on (its migration was deployed
together with the next) is met by the release before it, as it would have been if that deploy had stopped there.
"""

from contextlib import ExitStack
from typing import Any

import pytest

from shared.platform.migrations import Migration, migrate, read_migrations
from tests.conftest import MigratedDatabase
from tests.examples import examples
from tests.integration.upgrade.conftest import DatabaseAt
from tests.integration.upgrade.recording import Recording, recorded_versions
from tests.integration.upgrade.replay import Replay, Serving, serving

MIGRATIONS = read_migrations()
NEWEST = len(MIGRATIONS)
RECORDED = recorded_versions()
FIRST = RECORDED[0]
Rows = set[tuple[str, ...]]

# The oldest release and the newest two in `make test`, all of them in a campaign.
UPGRADED = range(FIRST, NEWEST + 1) if examples(1) > 1 else (FIRST, NEWEST - 1, NEWEST)


def code_of(version: int) -> Recording:
    """What the release says that a deploy finds running on this schema."""
    return Recording.read(max(one for one in RECORDED if one <= version))


TABLES = (
    "organisations", "members", "sites", "keys", "events", "event_ids", "visits", "traffic", "audit", "audit_heads", "invitations",
    "numbers", "acquisitions", "places", "devices", "visitors", "bot_events", "bot_visits", "exclusions", "unbuilt",
)  # fmt: skip
DRAINS_WITH_NAMED_COLUMNS = 8
ADDS_COLUMNS_TO_VISITS = 11


def next_migration() -> Migration:
    """What the next release may bring at worst: a column for every table, in the reverse of the service's order."""
    sql = "; ".join(f"alter table {table} add column note text" for table in reversed(TABLES))
    return Migration(NEWEST + 1, "next", sql, TABLES)


def stretches(version: int) -> list[tuple[int, list[Migration]]]:
    """Who serves on the way to the newest schema, and how far.

    A release that names no columns of `visits` does not go on with a new one there: before it, another release is deployed.
    """
    whole_way = [*MIGRATIONS, next_migration()]
    if code_of(version).version >= DRAINS_WITH_NAMED_COLUMNS:
        return [(version, whole_way)]
    prepared = ADDS_COLUMNS_TO_VISITS - 1
    return [(version, MIGRATIONS[:prepared]), (prepared, whole_way)]


ENVIRONMENTS = 3


@pytest.mark.parametrize("version", UPGRADED)
@pytest.mark.parametrize("_time", range(examples(1)))
def test_a_release_under_load_keeps_serving_while_its_database_is_upgraded_and_afterwards(
    version: int, _time: int, database_at: DatabaseAt
) -> None:
    database = database_at(version)
    for served_by, migrations in stretches(version):
        environments = [Replay(database, code_of(served_by)) for _ in range(ENVIRONMENTS)]
        for environment in environments:
            environment.play()
        before = contents(database)
        with ExitStack() as ends:
            services = [ends.enter_context(serving(environment)) for environment in environments]
            wait_for_rounds(services, 1)
            migrate(database.connect("p09_admin"), migrations)
            wait_for_rounds(services, 2)
        assert [service.broken for service in services] == [None] * ENVIRONMENTS
        assert kept(before, database) == before
    Replay(database, code_of(NEWEST)).play()


def test_the_first_temporary_login_of_a_database_disturbs_nobody(database_at: DatabaseAt) -> None:
    """It is given out while the service is under load."""
    database = database_at(NEWEST)
    database.connect("p09_admin").run(
        "select p09_ensure_event_months(array['2026-03-01'::date, date_trunc('month', now() at time zone 'UTC')::date])"
    )
    with ExitStack() as ends:
        services = [ends.enter_context(serving(Replay(database, code_of(NEWEST)))) for _ in range(ENVIRONMENTS)]
        wait_for_rounds(services, 2)
    assert [service.broken for service in services] == [None] * ENVIRONMENTS


def wait_for_rounds(services: list[Serving], rounds: int) -> None:
    for service in services:
        service.wait_for(rounds)


@pytest.mark.parametrize("version", range(1, FIRST))
def test_a_schema_older_than_any_release_is_upgraded_with_its_data(version: int, database_at: DatabaseAt) -> None:
    database = database_at(version)
    if version > 1:
        fill_tenants(database)
    before = contents(database)
    migrate(database.connect("p09_admin"), MIGRATIONS)
    assert kept(before, database) == before
    Replay(database, code_of(NEWEST)).play()


@pytest.mark.parametrize("version", RECORDED)
def test_every_release_works_on_the_newest_schema_as_after_a_rollback(version: int, database_at: DatabaseAt) -> None:
    """Or on the newest that it may meet."""
    served_by, migrations = stretches(version)[0]
    newest = min(len(migrations), NEWEST)
    assert served_by == version
    database = database_at(newest)
    Replay(database, code_of(newest)).play()
    release = Replay(database, code_of(version))
    release.play()
    release.play()


@pytest.mark.parametrize(("table", "broken"), [
    ("sites", "alter table sites rename column name to title"),
    ("event_ids", "revoke insert on event_ids from p09_worker"),
    ("visits", "alter table visits add column score integer not null default 0; alter table visits alter score drop default"),
    ("keys", "create policy nobody on keys as restrictive using (false)"),
    ("sites", "lock table sites in access exclusive mode; select pg_sleep(1)"),
])  # fmt: skip
def test_a_migration_that_breaks_the_release_before_it_is_found(
    table: str, broken: str, database_at: DatabaseAt
) -> None:
    database = database_at(NEWEST)
    with serving(Replay(database, code_of(NEWEST), lock_timeout="100ms")) as service:
        service.wait_for(rounds=1)
        migrate(database.connect("p09_admin"), [*MIGRATIONS, Migration(NEWEST + 1, "breaks", broken, (table,))])
        service.wait_for(rounds=2)
    assert service.broken is not None


def fill_tenants(database: MigratedDatabase) -> None:
    with database.server.connect_as_superuser(database.name) as superuser:
        superuser.run("insert into organisations (id, name) values ('00000000-0000-4000-8000-000000000001', 'Acme')")
        superuser.run("insert into members select id, 'ada', 'owner' from organisations")
        superuser.run(
            "insert into sites (organisation_id, name, domain) select id, 'Shop', 'shop.example' from organisations"
        )


def contents(database: MigratedDatabase) -> dict[str, Rows]:
    """Every row of every table, by table and its columns."""
    with database.server.connect_as_superuser(database.name) as superuser:
        columns = superuser.run(
            "select relname, string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute a "
            "join pg_class c on c.oid = attrelid where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') "
            "and not relispartition and attnum > 0 and not attisdropped and relname <> 'audit_heads' group by relname"
        )
        return {f"{table} ({names})": rows(superuser, names, table) for table, names in columns}


def kept(before: dict[str, Rows], database: MigratedDatabase) -> dict[str, Rows]:
    """What is left of it, in the columns of that time."""
    with database.server.connect_as_superuser(database.name) as superuser:
        return {
            told: found & rows(superuser, told.partition(" (")[2].removesuffix(")"), told.partition(" ")[0])
            for told, found in before.items()
        }


def rows(superuser: Any, columns: str, table: str) -> Rows:
    return {tuple(map(str, row)) for row in superuser.run(f"select {columns} from {table}")}
