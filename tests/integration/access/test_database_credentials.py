from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from shared.audit.chain import OPERATIONS, Entry
from shared.audit.store import Filter, page
from shared.credentials.compare import compare
from shared.credentials.credentials import DatabaseCredentials
from shared.credentials.lease import Lease, new_id, new_password
from shared.credentials.roles import drop_role, make_role, roles
from shared.credentials.store import LeaseStore
from shared.platform.aws.dynamodb import Overtaken, Table
from shared.platform.failures import PostgresBadLogin, PostgresUnavailable
from shared.platform.outbox import waiting
from shared.platform.postgres import Database, connect
from tests.conftest import PASSWORDS, MigratedDatabase
from tests.servers import PostgresServer

SECONDS = 30.0
HOUR = timedelta(hours=1)
GONE = (DatabaseError, InterfaceError, OSError)


@dataclass
class Clock:
    """Goes on when somebody waits."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def wait(self, rest: timedelta) -> None:
        self.now += rest


@dataclass
class Office:
    """Issues and ends credentials on a real PostgreSQL and a table in moto."""

    migrated: MigratedDatabase
    store: LeaseStore
    table: Table
    clock: Clock = field(default_factory=Clock)
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def credentials(self) -> DatabaseCredentials:
        return DatabaseCredentials(self.migrated.database("p09_api"), self.store)

    def lease(self, **changes: Any) -> Lease:
        usual: dict[str, Any] = {
            "id": new_id(self.clock.now), "by": "dee", "subject": "1", "reason": "slow query", "access": "read",
            "issued_at": self.clock.now, "expires_at": self.clock.now + HOUR,
        }  # fmt: skip
        return Lease(**(usual | changes))

    def issue(self, **changes: Any) -> tuple[Lease, str]:
        password = new_password()
        issued = self.credentials.issue(self.lease(**changes), password, entry("database-credential.issue"))
        return issued, password.reveal()

    def login(self, lease: Lease, password: str) -> Connection:
        connection = connect(self.migrated.address, user=lease.role, password=password, application="psql", timeout=20)
        self._open.callback(quietly(connection))
        return connection

    def run(self, **ahead: float) -> Any:
        return self.credentials.end_due(self.clock, self.clock.wait, ahead=timedelta(**ahead))

    def roles(self) -> set[str]:
        with self.migrated.database("p09_api").transaction() as connection:
            return {role.name for role in roles(connection) if role.name.startswith("p09_temp_")}

    def told(self) -> list[str]:
        return [str(item["detail_type"]) for item in waiting(self.table)]

    def trail(self) -> list[str]:
        with self.migrated.database("p09_api").transaction([OPERATIONS]) as connection:
            return [row.action for row in page(connection, OPERATIONS, Filter())]

    def close(self) -> None:
        self._open.close()


def quietly(connection: Connection) -> Any:
    def close() -> None:
        try:
            connection.close()
        except GONE:
            return

    return close


def entry(action: str) -> Entry:
    return Entry(organisation_id=OPERATIONS, actor="person:dee", action=action, subject="database-credential/1")


@pytest.fixture
def office(migrated: MigratedDatabase, operations: Table) -> Iterator[Office]:
    office = Office(migrated, LeaseStore(operations), operations)
    yield office
    office.close()
    drop_all(migrated.server)


def drop_all(server: PostgresServer) -> None:
    """Roles belong to the cluster: the next test must not find them."""
    with server.connect_as_superuser() as superuser:
        for (name,) in superuser.run("select rolname from pg_roles where rolname ~ '^p09_temp_'"):
            superuser.run(f"alter role {name} nologin")
            superuser.run(
                "select pg_terminate_backend(pid, 2000) from pg_stat_activity where usename = :name", name=name
            )
        databases = superuser.run("select datname from pg_database where datname ~ '^p09_test'")
    for (database,) in databases:
        with server.connect_as_superuser(database) as superuser:
            for (name,) in superuser.run("select rolname from pg_roles where rolname ~ '^p09_temp_'"):
                superuser.run(f"drop owned by {name}")
    with server.connect_as_superuser() as superuser:
        for (name,) in superuser.run("select rolname from pg_roles where rolname ~ '^p09_temp_'"):
            superuser.run(f"drop role {name}")


def assert_gone(office: Office, lease: Lease, password: str) -> None:
    assert lease.role not in office.roles()
    with pytest.raises(PostgresBadLogin):
        office.login(lease, password)
    with office.migrated.server.connect_as_superuser() as superuser:
        assert superuser.run("select 1 from pg_stat_activity where usename = :role", role=lease.role) == []


def test_a_credential_to_read_sees_every_organisation_and_changes_nothing(office: Office) -> None:
    with office.migrated.server.connect_as_superuser(office.migrated.name) as superuser:
        superuser.run("insert into organisations (id, name) values (gen_random_uuid(), 'Acme')")
    lease, password = office.issue()

    with office.login(lease, password) as connection:
        assert connection.run("select name from organisations") == [["Acme"]]
        for statement in ("delete from organisations", "set default_transaction_read_only = off; update keys set kind = 'x'",
                          "create table x ()", "create role x", "select p09_drop_temporary('p09_temp_aaaaaaaaaaaa')",
                          "insert into audit_heads values (gen_random_uuid(), 1, '')"):  # fmt: skip
            with pytest.raises(DatabaseError):
                connection.execute_simple(statement)

    assert (lease.state, office.told(), office.trail()) == (
        "active", ["DatabaseCredentialIssued"], ["database-credential.issue"],
    )  # fmt: skip


def test_a_credential_to_write_writes_but_not_in_the_audit_trail(office: Office) -> None:
    lease, password = office.issue(access="write")
    with office.login(lease, password) as connection:
        connection.run("insert into organisations (id, name) values (gen_random_uuid(), 'Acme')")
        assert connection.run("update organisations set name = 'Other' returning name") == [["Other"]]
        for statement in (
            "update audit set actor = 'x'",
            "delete from audit_heads",
            "truncate events",
            "drop table events",
        ):
            with pytest.raises(DatabaseError):
                connection.run(statement)


def test_a_live_session_is_gone_at_the_end_and_so_is_the_role(office: Office) -> None:
    lease, password = office.issue()
    session = office.login(lease, password)
    session.run("select 1")
    assert office.run().ended == ()

    report = office.run(hours=1)

    assert report.ended == (lease.id,)
    assert office.clock.now == lease.expires_at
    with pytest.raises(GONE):
        session.run("select 1")
    assert_gone(office, lease, password)
    assert office.told() == ["DatabaseCredentialIssued", "DatabaseCredentialEnded"]
    assert office.trail() == ["database-credential.end", "database-credential.issue"]
    assert office.store.all_open() == []


def test_a_session_in_the_middle_of_a_long_statement_is_ended_within_five_seconds(office: Office) -> None:
    from threading import Thread

    lease, password = office.issue()
    session, outcome = office.login(lease, password), []

    def work() -> None:
        try:
            session.run("select pg_sleep(60)")
        except GONE as error:
            outcome.append(error)

    thread = Thread(target=work)
    thread.start()
    wait_for_statement(office.migrated.server, lease.role)
    office.credentials.end(lease, entry("database-credential.end"), "not needed", office.clock.now)
    thread.join(SECONDS)
    assert (thread.is_alive(), len(outcome)) == (False, 1)
    assert_gone(office, lease, password)


def wait_for_statement(server: PostgresServer, role: str) -> None:
    deadline = monotonic() + SECONDS
    with server.connect_as_superuser() as superuser:
        while not superuser.run("select 1 from pg_stat_activity where usename = :role and state = 'active'", role=role):
            assert monotonic() < deadline
            sleep(0.02)


def test_who_is_thrown_out_can_not_come_back(office: Office) -> None:
    lease, password = office.issue()
    with office.migrated.database("p09_api").transaction() as connection:
        connection.run("select p09_close_temporary(:role)", role=lease.role)
    with pytest.raises(PostgresBadLogin):
        office.login(lease, password)
    office.run(hours=2)
    assert_gone(office, lease, password)


def test_what_a_role_owns_stays(office: Office) -> None:
    lease, password = office.issue(access="write")
    with office.migrated.server.connect_as_superuser(office.migrated.name) as superuser:
        superuser.run(f"grant create on schema public to {lease.role}")
    with office.login(lease, password) as connection:
        connection.run("create table findings as select 7 as n")
        connection.run("grant select on findings to public")
    office.run(hours=2)
    assert_gone(office, lease, password)
    with office.migrated.server.connect_as_superuser(office.migrated.name) as superuser:
        assert superuser.run("select n from findings") == [[7]]
        assert superuser.run("select tableowner from pg_tables where tablename = 'findings'") == [["p09_admin"]]


class Died(BaseException):
    """The issuer is killed: no code of ours runs any more."""


@contextmanager
def dying(office: Office, monkeypatch: pytest.MonkeyPatch, where: str) -> Iterator[None]:
    def die(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        if where == "before the role":
            patch.setattr("shared.credentials.credentials.make_role", die)
        elif where == "before it is confirmed":
            patch.setattr(LeaseStore, "change", die)
        with pytest.raises(Died):
            yield


@pytest.mark.parametrize("where", ["before the role", "before it is confirmed"])
def test_a_role_whose_issuer_was_killed_ends_after_two_minutes(
    office: Office, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    lease, password = office.lease(), new_password()
    with dying(office, monkeypatch, where):
        office.credentials.issue(lease, password, entry("database-credential.issue"))
    office.clock.now += timedelta(minutes=1)
    assert office.run().ended == ()
    office.clock.now += timedelta(minutes=1)

    assert office.run().ended == (lease.id,)

    assert_gone(office, lease, password.reveal())
    found = office.store.get(lease.id)
    assert found is not None
    assert (found.state, found.ended_why) == ("ended", "it was never handed out")


def test_an_end_that_was_cut_short_is_done_again_and_told_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    lease, password = office.issue()
    with dying(office, monkeypatch, "before it is confirmed"):
        office.run(hours=2)
    assert office.run(hours=2).ended == (lease.id,)
    assert_gone(office, lease, password)
    assert office.told() == ["DatabaseCredentialIssued", "DatabaseCredentialEnded"]
    assert office.trail() == ["database-credential.end", "database-credential.issue"]


def test_two_runs_at_once_end_a_lease_once(office: Office) -> None:
    lease, _ = office.issue()
    office.credentials.end(lease, entry("database-credential.end"), "x", office.clock.now)
    with pytest.raises(Overtaken):
        office.credentials.end(lease, entry("database-credential.end"), "y", office.clock.now)
    assert office.told().count("DatabaseCredentialEnded") == 1


@pytest.mark.parametrize(
    ("role", "until", "verifier"),
    [
        ("p09_api", "1 hour", "SCRAM-SHA-256$x"), ("postgres", "1 hour", "SCRAM-SHA-256$x"),
        ("p09_temp_x; drop", "1 hour", "SCRAM-SHA-256$x"), ("p09_temp_aaaaaaaaaaaa", "9 hours", "SCRAM-SHA-256$x"),
        ("p09_temp_aaaaaaaaaaaa", "-1 hours", "SCRAM-SHA-256$x"), ("p09_temp_aaaaaaaaaaaa", "1 hour", "plain"),
    ],
)  # fmt: skip
def test_the_api_makes_no_other_roles(office: Office, role: str, until: str, verifier: str) -> None:
    with pytest.raises(DatabaseError), office.migrated.database("p09_api").transaction() as connection:
        connection.run(
            "select p09_make_temporary(:role, :verifier, now() + :until::interval, true)",
            role=role, verifier=verifier, until=until,
        )  # fmt: skip
    for function in ("close", "terminate", "drop"):
        with pytest.raises(DatabaseError), office.migrated.database("p09_api").transaction() as connection:
            connection.run(f"select p09_{function}_temporary('p09_worker')")


def test_reconciliation_finds_what_somebody_did_by_hand(office: Office) -> None:
    lease, _ = office.issue()
    lost, _ = office.issue()
    stray = office.lease()
    with office.migrated.database("p09_api").transaction() as connection:
        drop_role(connection, lost.role)
        make_role(connection, stray, new_password())
    with office.migrated.server.connect_as_superuser() as superuser:
        superuser.run("create role eve login superuser")
        superuser.run(f"alter role {lease.role} valid until 'infinity'")
        superuser.run("alter role p09_worker bypassrls")
    try:
        with office.migrated.database("p09_api").transaction() as connection:
            found = compare(roles(connection), office.store.all_open(), office.clock.now)
    finally:
        with office.migrated.server.connect_as_superuser() as superuser:
            superuser.run("drop role eve")
            superuser.run("alter role p09_worker nobypassrls")
    assert {one.role for one in found} == {"eve", lease.role, "p09_worker", stray.role, lost.role}


def test_the_systems_own_roles_are_no_differences(office: Office) -> None:
    lease, _ = office.issue(access="write")
    with office.migrated.database("p09_api").transaction() as connection:
        assert compare(roles(connection), [lease], office.clock.now) == []


def test_a_break_glass_that_nobody_approves_is_told_once(office: Office) -> None:
    lease, _ = office.issue(break_glass=True)
    approved, _ = office.issue(break_glass=True)
    office.store.change(approved, replace(approved, approved_by="lee"))
    office.clock.now += timedelta(days=1)

    assert office.run().unapproved == (lease.id,)
    assert office.run().unapproved == ()
    assert office.told().count("BreakGlassUnapproved") == 1


def test_postgresql_may_be_down_at_the_moment_of_expiry(tmp_path: Any, operations: Table) -> None:
    """On a server of its own, which is killed while a session lives and the time runs out."""
    from shared.platform.migrations import migrate, read_migrations
    from tests.servers import server_folder

    with server_folder("postgres") as folder, PostgresServer(folder=folder) as server:
        with server.connect_as_superuser() as superuser:
            superuser.run(f"create role p09_admin login createrole password '{PASSWORDS['p09_admin']}'")
            superuser.run("create database p09_down owner p09_admin")
        with server.connect(user="p09_admin", password=PASSWORDS["p09_admin"], database="p09_down") as owner:
            migrate(owner, read_migrations())
        with server.connect_as_superuser() as superuser:
            superuser.run(f"alter role p09_api login password '{PASSWORDS['p09_api']}'")
        migrated = MigratedDatabase(server, "p09_down")
        office = Office(migrated, LeaseStore(operations), operations)
        lease, password = office.issue()
        session = office.login(lease, password)
        server.kill()
        office.clock.now = lease.expires_at

        report = office.run()
        assert (report.ended, report.waiting) == ((), (lease.id,))
        with pytest.raises(GONE):
            session.run("select 1")
        server.start()
        assert office.run().ended == (lease.id,)

        assert_gone(office, lease, password)
        office.close()
        migrated.close()


def test_a_server_that_is_down_issues_nothing_that_lasts(office: Office) -> None:
    def refuse() -> Connection:
        raise PostgresUnavailable("down")

    lease = office.lease()
    with pytest.raises(PostgresUnavailable):
        DatabaseCredentials(Database(refuse), office.store).issue(lease, new_password(), entry("x"))
    office.clock.now += timedelta(minutes=2)
    assert office.run().ended == (lease.id,)
