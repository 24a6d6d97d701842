"""A compromise, and the promotion of a restore to the moment before it: real servers, every step killed before and after each of
its writes to the record."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pg8000.native import Connection

from local.backups.promotion import swap
from shared.audit.anchor import Anchored, anchor_audit
from shared.audit.anchors import AnchorStore
from shared.audit.chain import OPERATIONS, Entry
from shared.audit.store import record
from shared.backups.instances import Aside, Instance
from shared.backups.promotion import ORDER
from shared.backups.run_drill import Drills
from shared.backups.run_drill import World as DrillWorld
from shared.backups.steps import Task
from shared.backups.store import DrillStore
from shared.collection.entry import Entry as Accepted
from shared.collection.rows import Arrival, copy_rows
from shared.collection.stream import append
from shared.credentials.credentials import DatabaseCredentials
from shared.credentials.lease import Lease, new_id, new_password
from shared.credentials.store import LeaseStore
from shared.identity.keys import Key, make_key
from shared.identity.tenants import Site, add_key, add_member, add_organisation, add_site, revoke_key
from shared.platform.aws.secrets import Login
from shared.platform.failures import PostgresUnavailable
from shared.platform.logins import ensure_login
from shared.platform.migrations import migrate, read_migrations
from shared.platform.postgres import Address, Database, connect
from shared.platform.secret import Secret
from shared.platform.valkey import Address as ValkeyAddress
from shared.platform.valkey import Valkey, open_connection
from shared.rotation.postgres_logins import PostgresLogins
from shared.rotation.rotation import read_login, write_login
from shared.storage import drain as drain_module
from shared.storage.drain import drain
from shared.storage.kept import write_kept
from shared.together.restoring.acts import Kept, Restoring, Where
from shared.together.restoring.closing import close_to_writers
from tests.integration.backups.conftest import World, until
from tests.integration.backups.workflow import Crash, CrashingTable, DirectInstances
from tests.servers import HOST, ValkeyServer

ID = "restore-20261129T120000Z"
ACME = UUID(int=77)
ROLES = {
    "owner": "p09_admin", "reader": "p09_backup", "api": "p09_api", "worker": "p09_worker", "collect": "p09_collect",
    "query": "p09_query",
}  # fmt: skip
LOGINS = [role for role in ROLES if role != "owner"]
SIGNED = {"decision": "signed", "by": "grace", "by_subject": "subject-of-grace"}
PROMOTED = {"decision": "promoted", "by": "grace", "by_subject": "subject-of-grace", "note": "now"}
EACH = 20
EVERY_STEP = tuple(one.action for one in ORDER)


class Safe:
    """A locked bucket in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def last(self, now: datetime) -> bytes | None:
        return self.objects[max(self.objects)] if self.objects else None

    def put(self, key: str, content: bytes) -> None:
        self.objects[key] = content


class Swapping(DirectInstances):
    """Puts the restored data into the place of the running server's, as `local/backups/promotion.py` does."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.state: str = ""
        self.refuses_to_start = False

    @property
    def _places(self) -> tuple[Any, Any, Any]:
        folder = self.world.server.folder
        return folder / "data", folder / "restored", folder / "before"

    def admit_owner(self, drill: str, login: Login) -> None:
        assert self.instance
        with Connection(
            "postgres", host=HOST, port=self.instance.port, database="postgres", password=self.world.server.password,
            ssl_context=False,
        ) as superuser:  # fmt: skip
            superuser.run(f"alter role {login.username} password '{login.password.reveal()}'")

    def look(self, drill: str) -> Instance:
        if self.state:
            return Instance(state=self.state, reason="as the test wanted")  # type: ignore[arg-type]  # the fake keeps the state as text
        return super().look(drill)

    def promote(self, drill: str) -> None:
        running, restored, before = self._places
        if self.state:
            return
        assert self.instance
        self.instance.stop()
        self.instance.data.rename(restored)
        self.instance = None
        self.world.server.stop()
        swap(running, restored, before)
        _plain_settings(running)
        self.world.server.start()
        self.state = "failed" if self.refuses_to_start else "promoted"

    def go_back(self, drill: str) -> None:
        running, _, before = self._places
        if before.exists():
            self.world.server.stop()
            swap(running, before, running.with_name("refused"))
            self.world.server.start()
            self.state = "gone"

    def aside(self, drill: str) -> Aside | None:
        before = self._places[2]
        return Aside(name=before.name, costs="40 MiB") if before.exists() else None

    def remove_aside(self, drill: str) -> None:
        self._places[2].rename(self._places[2].with_name("removed"))


def _plain_settings(data: Any) -> None:
    file = data / "postgresql.auto.conf"
    file.write_text("".join(f"{line}\n" for line in file.read_text().splitlines() if "recovery_target" not in line))


@dataclass
class Compromise:
    """The system with its secrets, before, at and after the moment to which it is restored."""

    world: World
    valkey_server: ValkeyServer
    secrets: dict[str, str] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    sent: int = 0

    def __post_init__(self) -> None:
        self.table = CrashingTable()
        self.drills_store = DrillStore(self.table)
        self.leases = LeaseStore(self.table)
        self.anchors = AnchorStore(self.table)
        self.safe = Safe()
        self.instances = Swapping(self.world)
        address = ValkeyAddress(host=HOST, port=self.valkey_server.port)
        self.valkey = Valkey(lambda: open_connection(address, password=self.valkey_server.password, timeout=10))
        self.cold: Callable[[Task], dict[str, Any]] = self.start_cold

    # The system

    def set_up(self) -> None:
        with self.world.server.connect_as_superuser() as superuser:
            superuser.run("create role p09_admin login createrole password 'owner'")
            superuser.run("create database p09 owner p09_admin")
        self.secrets["owner"] = write_login("p09_admin", "owner")
        with self.open("owner") as owner:
            migrate(owner, read_migrations())
            for role in LOGINS:
                self.secrets[role] = write_login(ROLES[role], f"first-{role}")
                ensure_login(owner, ROLES[role], f"first-{role}")
        with self.transaction("api", ACME) as api:
            add_organisation(api, ACME, "Acme", "owner-of-acme")
            self.site = add_site(api, ACME, name="Shop", domain="shop.example", timezone="Etc/UTC")
        self.first_logins = dict(self.secrets)

    def login(self, role: str) -> Login:
        username, password = read_login(self.secrets[role])
        return Login(username, Secret(password))

    def open(self, role: str, where: Where = None, login: Login | None = None) -> Connection:
        host, port = where or (HOST, self.world.server.port)
        login = login or self.login(role)
        address = Address(host=host, port=port, database="p09")
        return connect(address, user=login.username, password=login.password.reveal(), application="test", timeout=30)

    @contextmanager
    def connect(self, role: str, where: Where = None) -> Iterator[Connection]:
        connection = self.open(role, where)
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def database(self, role: str) -> Iterator[Database]:
        database = Database(lambda: self.open(role))
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def transaction(self, role: str, *organisations: UUID, **settings: str) -> Iterator[Connection]:
        with self.database(role) as database, database.transaction(organisations, **settings) as connection:
            yield connection

    def rotate(self, role: str) -> None:
        with self.database("owner") as owner:
            logins = PostgresLogins(owner, lambda user, password: self.open(role, login=Login(user, Secret(password))))
            pending = logins.make(self.secrets[role])
            logins.admit(pending, self.secrets[role])
            logins.test(pending)
        self.secrets[role] = pending

    # Acts of people

    def add_key(self) -> tuple[Key, UUID]:
        key = make_key("ingest")
        with self.transaction("api", ACME) as api:
            return key, add_key(api, self.site, key).key_id

    def act(self, action: str, organisation: UUID = ACME) -> None:
        with self.transaction("api", organisation) as api:
            record(api, Entry(organisation_id=organisation, actor="person:ada", action=action, subject="x"))

    def issue(self) -> tuple[Lease, Login]:
        now, password = datetime.now(UTC), new_password()
        lease = Lease(id=new_id(now), by="dee", subject="dee", reason="slow query", access="write", issued_at=now,
                      expires_at=now + timedelta(hours=4))  # fmt: skip
        entry = Entry(organisation_id=OPERATIONS, actor="person:dee", action="database-credential.issue", subject="x")
        with self.database("api") as api:
            issued = DatabaseCredentials(api, self.leases).issue(lease, password, entry)
        return issued, Login(issued.role, password)

    def end(self, lease: Lease) -> None:
        entry = Entry(organisation_id=OPERATIONS, actor="person:dee", action="database-credential.end", subject="x")
        with self.database("api") as api:
            DatabaseCredentials(api, self.leases).end(lease, entry, "it leaked", datetime.now(UTC))

    def revoke(self, key_id: UUID) -> None:
        with self.transaction("api", ACME) as api:
            assert revoke_key(api, self.site, key_id)

    def add_person(self, subject: str) -> None:
        with self.transaction("api", ACME) as api:
            add_member(api, ACME, subject, "owner")

    def remove_person(self, subject: str) -> None:
        with self.transaction("api", ACME) as api:
            api.run("delete from members where organisation_id = :id and subject = :subject", id=ACME, subject=subject)

    def send(self, events: int, site: Site | None = None) -> None:
        """Accepted: in requests of twenty events."""
        site = site or self.site
        for start in range(0, events, EACH):
            batch: list[Any] = [
                {"id": str(uuid4()), "name": "pageview", "timestamp": datetime.now(UTC), "visitor_id": f"v{start}",
                 "url": f"https://shop.example/{number}"}
                for number in range(start, min(start + EACH, events))
            ]  # fmt: skip
            rows = copy_rows(batch, Arrival(site_id=site.id, received_at=datetime.now(UTC), visitor_id=7))
            append(
                self.valkey, Accepted(site_id=site.id, organisation=site.organisation_id, events=len(batch), rows=rows)
            )
        self.sent += events

    def drain(self) -> int:
        with self.database("worker") as worker:
            return drain(self.valkey, worker, lambda: True).new

    def drain_and_die(self) -> None:
        """A worker that was stopped after its commit and before its acknowledgement."""
        with pytest.MonkeyPatch().context() as patch, suppress(Crash):
            patch.setattr(drain_module, "_acknowledge", lambda *_: _crash())
            self.drain()

    def keep(self) -> None:
        write_kept(self.valkey, self.objects.__setitem__, datetime.now(UTC), after=timedelta())

    def anchor(self, at: datetime) -> Anchored:
        with self.database("api") as api:
            return anchor_audit(api, self.anchors, self.safe, at)

    def run(self, sql: str) -> list[list[Any]]:
        return self.world.run(sql)

    # The promotion

    def restoring(self) -> Restoring:
        return Restoring(
            drills=self.drills_store, instances=self.instances, leases=self.leases, anchors=self.anchors, safe=self.safe,
            valkey=self.valkey,
            kept=Kept(names=lambda after: [name for name in sorted(self.objects) if name > after],
                      read=self.objects.__getitem__),
            connect=self.connect, owner=lambda: self.login("owner"),
            logins=lambda: [self.login(role) for role in LOGINS], aside_for=timedelta(days=7),
            clock=lambda: datetime.now(UTC),
        )  # fmt: skip

    def drills(self) -> Drills:
        """A new environment of the function: nothing is remembered."""
        restoring = self.restoring()
        return Drills(
            DrillWorld(
                store=self.drills_store, instances=self.instances, source=lambda: self.open("reader"),
                connect=lambda host, port: self.connect("reader", (host, port)), admit=restoring.admit,
                smoke_test=lambda *_: {}, reapply=lambda *_: {}, close=self.close_to_writers,
                promotion={**restoring.acts(), "start_cold": self.cold},
            )
        )  # fmt: skip

    def close_to_writers(self, host: str, port: int) -> dict[str, Any]:
        with self.connect("owner", (host, port)) as owner:
            return {"sessions_ended": close_to_writers(owner)}

    def start_cold(self, _task: Task) -> dict[str, Any]:
        """As a function's first environment: a new connection, with the secret's current version."""
        found = {}
        for role in ("api", "worker"):
            with self.connect(role) as connection:
                ((user,),) = connection.run("select current_user::text")
            found[role] = user
        return {"answers": found}

    def restore(self, to: datetime) -> None:
        """Up to the wait for the promotion."""
        asked = {"kind": "restore", "started_by": "ada", "started_by_subject": "subject-of-ada", "reason": "they came in",
                 "to": to.isoformat()}  # fmt: skip
        self.drills().begin(ID, asked)
        for action in ("mark", "provision", "wait", "admit", "compare", "reapply", "smoke_test"):
            self.act_until_done(action)
        self.drills().await_decision(ID, "sign-off", "token")
        self.drills().decided(ID, "sign-off", SIGNED)
        self.act_until_done("preview")
        self.drills().await_decision(ID, "promotion", "token")

    def preview(self) -> dict[str, Any]:
        step = self.drills_store.step(ID, "preview")
        assert step
        assert step.result
        return dict(step.result)

    def act_until_done(self, action: str, *arguments: Any) -> None:
        from shared.backups.drill import NotYet

        def done() -> bool:
            try:
                getattr(self.drills(), action)(ID, *arguments)
            except (NotYet, PostgresUnavailable):
                return False
            return True

        until(done, action)

    def promote(self, *, killed: bool, steps: Sequence[str] = EVERY_STEP) -> int:
        """Every step; ``killed`` before and after each write of each of them. Returns how often it was."""
        self.drills().decided(ID, "promotion", PROMOTED)
        kills = 0
        for step in steps:
            kills += self._killed_at_every_write(step) if killed else 0
            self.act_until_done("promote", step)
        return kills

    def _killed_at_every_write(self, step: str) -> int:
        kills = 0
        for when in ("before_write", "after_write"):
            nth = 1
            while True:
                self.table.crash_at(nth, when, _crash)
                try:
                    self.act_until_done("promote", step)
                except Crash:
                    kills += 1
                    nth += 1
                    continue
                self.table.crash_at(0, "", _crash)
                break
        return kills

    def close(self, status: Any, why: str = "") -> None:
        self.drills().close(ID, status, why)

    def step(self, name: str) -> dict[str, Any]:
        found = self.drills_store.step(ID, name)
        assert found, name
        assert found.result is not None, name
        return dict(found.result)


def _crash() -> None:
    raise Crash
