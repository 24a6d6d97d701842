"""What the logins of `collect` and `query` may do in PostgreSQL, and what they may not."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from shared.identity.keys import Key, make_key
from shared.identity.tenants import (
    Site,
    add_key,
    add_organisation,
    add_site,
    key_bearer,
    memberships,
    revoke_key,
    site_of,
    sites,
)
from shared.platform.logins import ensure_login
from shared.platform.postgres import act_for, connect, sqlstate
from tests.conftest import MigratedDatabase

ACME, OTHER = UUID(int=1), UUID(int=2)
NOT_ALLOWED = "42501"
READ_ONLY = "25006"
WRITES = (
    "insert into organisations (id, name) values ('00000000-0000-0000-0000-000000000009', 'x')",
    "insert into members (organisation_id, subject, role) values ('00000000-0000-0000-0000-000000000001', 'eve', 'owner')",
    "insert into sites (organisation_id, name, domain) values ('00000000-0000-0000-0000-000000000001', 'x', 'x.example')",
    "update sites set domain = 'stolen.example'",
    "update keys set revoked_at = null",
    "delete from members",
    "delete from events",
    "update visits set site_id = 1",
    "truncate traffic",
    "create table mine (id integer)",
    "alter table sites disable row level security",
    "select p09_audit(null, null, null, null, null, null, null, null, null, null)",
    "select p09_make_temporary('p09_temp_0tp0fa79jw5z', 'x', now(), true)",
)
FOREIGN_TO_COLLECT = (
    "organisations",
    "members",
    "invitations",
    "events",
    "event_ids",
    "visits",
    "traffic",
    "bot_events",
    "exclusions",
    "visitors",
    "acquisitions",
    "audit",
    "audit_heads",
)
FOREIGN_TO_QUERY = (
    "organisations",
    "invitations",
    "event_ids",
    "numbers",
    "unbuilt",
    "audit",
    "audit_heads",
    "backup_sentinels",
)
SEEN_BY_QUERY = (
    "members",
    "sites",
    "keys",
    "events",
    "visits",
    "traffic",
    "acquisitions",
    "places",
    "devices",
    "visitors",
    "bot_events",
    "bot_visits",
    "exclusions",
)


class Tenants:
    """Two organisations, each with a site and its write key."""

    def __init__(self, migrated: MigratedDatabase) -> None:
        self.migrated = migrated
        self.sites: dict[UUID, Site] = {}
        self.keys: dict[UUID, Key] = {}
        for organisation, owner in ((ACME, "ada"), (OTHER, "eve")):
            with migrated.database("p09_api").transaction([organisation]) as connection:
                add_organisation(connection, organisation, owner, owner)
                site = add_site(connection, organisation, name="s", domain=f"{owner}.example", timezone="Etc/UTC")
                self.keys[organisation] = make_key("ingest")
                self.stored = add_key(connection, site, self.keys[organisation])
            self.sites[organisation] = site


@pytest.fixture
def tenants(migrated: MigratedDatabase) -> Tenants:
    return Tenants(migrated)


def test_collect_knows_the_site_of_a_key_that_is_presented(tenants: Tenants) -> None:
    key = tenants.keys[ACME]
    with tenants.migrated.database("p09_collect").transaction(key_sha256=key.digest.hex()) as connection:
        bearer = key_bearer(connection, key)
    assert bearer is not None
    assert (bearer.site_id, bearer.organisation, bearer.kind) == (tenants.sites[ACME].id, ACME, "ingest")


def test_collect_knows_that_a_key_was_revoked(tenants: Tenants) -> None:
    with tenants.migrated.database("p09_api").transaction([OTHER]) as connection:
        assert revoke_key(connection, tenants.sites[OTHER], tenants.stored.key_id)
    key = tenants.keys[OTHER]
    with tenants.migrated.database("p09_collect").transaction(key_sha256=key.digest.hex()) as connection:
        assert key_bearer(connection, key) is None


def test_collect_knows_the_site_of_a_domain(tenants: Tenants) -> None:
    with tenants.migrated.database("p09_collect").transaction(domain="ada.example") as connection:
        assert site_of(connection, "ada.example") == tenants.sites[ACME]
        assert site_of(connection, "eve.example") is None


def test_collect_sees_nothing_more_of_an_organisation_that_it_claims_to_act_for(tenants: Tenants) -> None:
    with tenants.migrated.database("p09_collect").transaction([ACME, OTHER]) as connection:
        assert connection.run("select count(sha256) from keys") == [[0]]
        assert connection.run("select count(id) from sites") == [[0]]


@pytest.mark.parametrize("table", FOREIGN_TO_COLLECT)
def test_collect_reads_no_table_but_sites_and_keys(tenants: Tenants, table: str) -> None:
    assert _refusal(tenants.migrated.connect("p09_collect"), f"select count(*) from {table}") == NOT_ALLOWED


def test_collect_reads_of_keys_what_tells_their_site_and_nothing_else(tenants: Tenants) -> None:
    assert _refusal(tenants.migrated.connect("p09_collect"), "select created_at from keys") == NOT_ALLOWED
    assert _refusal(tenants.migrated.connect("p09_collect"), "select created_at from sites") == NOT_ALLOWED


def test_query_acts_for_the_organisations_of_a_person_and_sees_no_other(tenants: Tenants) -> None:
    with tenants.migrated.database("p09_query").transaction(subject="ada") as connection:
        roles = memberships(connection, "ada")
        act_for(connection, roles)
        assert roles == {ACME: "owner"}
        assert sites(connection, after=0, limit=10) == [tenants.sites[ACME]]
    with tenants.migrated.database("p09_query").transaction() as connection:
        for table in SEEN_BY_QUERY:
            assert connection.run(f"select count(*) from {table}") == [[0]], table


@pytest.mark.parametrize("table", FOREIGN_TO_QUERY)
def test_query_reads_what_answers_need_and_no_other_table(tenants: Tenants, table: str) -> None:
    assert _refusal(tenants.migrated.connect("p09_query"), f"select count(*) from {table}") == NOT_ALLOWED


@pytest.mark.parametrize("role", ["p09_collect", "p09_query"])
@pytest.mark.parametrize("statement", WRITES)
def test_neither_login_changes_anything(tenants: Tenants, role: str, statement: str) -> None:
    connection = tenants.migrated.connect(role)
    connection.run("select set_config('p09.organisations', :acme, false)", acme=str(ACME))
    assert _refusal(connection, statement) in {NOT_ALLOWED, READ_ONLY}
    # The default that a session may change is no more than a second lock.
    connection.run("set default_transaction_read_only = off")
    assert _refusal(connection, statement) == NOT_ALLOWED


@pytest.mark.parametrize("role", ["p09_collect", "p09_query"])
def test_a_statement_and_a_forgotten_transaction_end_by_themselves(tenants: Tenants, role: str) -> None:
    [[statement]] = tenants.migrated.connect(role).run("show statement_timeout")
    [[idle]] = tenants.migrated.connect(role).run("show idle_in_transaction_session_timeout")
    assert (statement, idle) == ({"p09_collect": "5s", "p09_query": "20s"}[role], "10s")


@pytest.fixture
def alternate(tenants: Tenants, superuser: Connection) -> Iterator[Connection]:
    """The user of `collect` that a rotation takes turns with."""
    ensure_login(tenants.migrated.connect("p09_admin"), "p09_collect_b", "by-turns")
    address = tenants.migrated.address
    with connect(address, user="p09_collect_b", password="by-turns", application="tests") as connection:
        yield connection
    superuser.run("drop role p09_collect_b")


def test_the_user_that_takes_turns_is_held_to_the_same(tenants: Tenants, alternate: Connection) -> None:
    key = tenants.keys[ACME]
    alternate.run("begin")
    alternate.run("select set_config('p09.key_sha256', :digest, true)", digest=key.digest.hex())
    alternate.run("select set_config('p09.organisations', :all, true)", all=f"{ACME},{OTHER}")
    assert alternate.run("select site_id from keys") == [[tenants.sites[ACME].id]]
    # The site of the key that is presented, and no other of the organisations that are named.
    assert alternate.run("select id from sites") == [[tenants.sites[ACME].id]]
    alternate.run("rollback")
    assert alternate.run("show statement_timeout") == [["5s"]]


def _refusal(connection: Connection, statement: str) -> str:
    with pytest.raises(DatabaseError) as refused:
        connection.run(statement)
    return sqlstate(refused.value)
