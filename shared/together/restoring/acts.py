"""The acts of a promotion, by the steps of `shared/backups/promotion.py`. Each is repeated after a kill at any point of it."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.audit.anchor import Safe, anchor_audit
from shared.audit.anchors import AnchorStore
from shared.audit.chain import OPERATIONS, Entry
from shared.audit.restored import ACTOR, Restore, carry_on
from shared.audit.store import record
from shared.backups.drill import NotYet, StepFailed
from shared.backups.promotion import PREVIEW
from shared.backups.steps import open_instance
from shared.collection.stream import STREAM
from shared.credentials.credentials import DatabaseCredentials
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.failures import PostgresUnavailable
from shared.platform.postgres import Database, writing
from shared.storage.hold import hold_drain, release_drain
from shared.storage.kept import from_object, kept_since, still_in_valkey, waiting
from shared.storage.replay import AnotherStores, Replayed, replay
from shared.together.restoring.closing import close_to_writers, end_roles, open_to_writers, set_logins
from shared.together.restoring.discarded import all_discarded, discarded, events_since
from shared.together.restoring.forgetting import Databases, forget_again

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.backups.instances import Instances
    from shared.backups.steps import Act, Task
    from shared.backups.store import DrillStore
    from shared.credentials.lease import Lease
    from shared.credentials.store import LeaseStore
    from shared.platform.aws.secrets import Login
    from shared.platform.valkey import Valkey

RUNNING: Final = None
"""The database that serves, wherever that is; others are named by their host and port."""
Where = tuple[str, int] | None
Role = str
"""``owner``, ``reader`` (of everything), ``api`` or ``worker``."""
_AT_ONCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Objects with accepted entries: names after one, in their order, and the content of one."""

    names: Callable[[str], Sequence[str]]
    read: Callable[[str], bytes]


@dataclass(frozen=True, kw_only=True)
class Restoring:
    """What a promotion works with. ``logins`` reads the current login of each function, the owner's apart."""

    drills: "DrillStore"
    instances: "Instances"
    leases: "LeaseStore"
    anchors: AnchorStore
    safe: Safe
    valkey: "Valkey"
    kept: Kept
    connect: Callable[[Role, Where], AbstractContextManager["Connection"]]
    owner: Callable[[], "Login"]
    logins: Callable[[], Sequence["Login"]]
    aside_for: timedelta
    clock: Callable[[], datetime]

    def acts(self) -> Mapping[str, "Act"]:
        return {
            PREVIEW: self.preview, "hold": self.hold, "end_credentials": self.end_credentials,
            "close_source": self.close_source, "discard": self.discard, "set_logins": self.set_logins,
            "end_roles": self.end_roles, "drain_again": self.drain_again, "forget_again": self.forget_again,
            "carry_trail": self.carry_trail, "put_in_place": self.put_in_place, "serve": self.serve,
            "anchor": self.anchor, "go_back": self.go_back,
        }  # fmt: skip

    def admit(self, drill: str, host: str, port: int) -> dict[str, Any]:
        """Let today's logins into a restored database, its owner first."""
        self.instances.admit_owner(drill, self.owner())
        with self.connect("owner", (host, port)) as owner:
            return {"logins": set_logins(owner, self.logins())}

    def preview(self, task: "Task") -> dict[str, Any]:
        """A running database that can't be read is no reason to wait: it may be why somebody restores."""
        try:
            with self.connect("reader", RUNNING) as source:
                return self._discards(task, source)
        except PostgresUnavailable:
            return all_discarded(_moment(task))

    def discard(self, task: "Task") -> dict[str, Any]:
        with self._source(task) as source:
            return self._discards(task, source) if source else all_discarded(_moment(task))

    def hold(self, task: "Task") -> dict[str, Any]:
        """No worker begins a transaction from now on; those that have begun end."""
        hold_drain(self.valkey, task.drill.id)
        if self._has_source(task):
            with self.connect("reader", RUNNING) as source:
                source.run("begin")
                source.run("select pg_advisory_xact_lock(hashtext('p09_ingest'))")
                source.run("rollback")
        return {"waiting_entries": int(self.valkey.run("XLEN", STREAM))}

    def end_credentials(self, task: "Task") -> dict[str, Any]:
        where = RUNNING if self._has_source(task) else self._restored(task)
        ended = list(task.progress.get("ended", ()))
        with self._database("api", where) as database:
            credentials = DatabaseCredentials(database, self.leases)
            for lease in self.leases.all_open():
                try:
                    credentials.end(lease, _end_of(lease), "a restore is promoted", self.clock())
                except Overtaken:
                    continue  # the minute's run has just ended it
                ended.append(lease.id)
                task.save({"ended": ended})
        return {"ended": ended}

    def close_source(self, task: "Task") -> dict[str, Any]:
        if not self._has_source(task):
            return {"source": "lost"}
        with self.connect("owner", RUNNING) as owner:
            return {"sessions_ended": close_to_writers(owner), "closed_at": self.clock().isoformat()}

    def set_logins(self, task: "Task") -> dict[str, Any]:
        """Of the restored database, which is closed to writers as well until it serves."""
        restored = self._restored(task)
        self.instances.admit_owner(task.drill.id, self.owner())
        with self.connect("owner", restored) as owner:
            close_to_writers(owner)
            return {"owner": self.owner().username, "logins": set_logins(owner, self.logins())}

    def end_roles(self, task: "Task") -> dict[str, Any]:
        may = {self.owner().username, *(login.username for login in self.logins())}
        with self.connect("owner", self._restored(task)) as owner:
            return {"ended": end_roles(owner, may)}

    def drain_again(self, task: "Task") -> dict[str, Any]:
        """From the kept copy, object by object; what was drained is noted, so that a long one goes on where it was."""
        to, restored = _moment(task), self._restored(task)
        begun = time.monotonic()
        done = Replayed(**task.progress.get("done", {}))
        after = str(task.progress.get("after", kept_since(to)))
        with self._database("worker", restored) as database:
            for name in self.kept.names(after):
                _replay(database, from_object(self.kept.read(name)), done)
                task.save({"after": name, "done": vars(done)})
                if time.monotonic() - begun > _AT_ONCE.total_seconds():
                    raise NotYet(f"drained again up to {name}")
            _replay(database, still_in_valkey(self.valkey), done)
            # They are drained anyway once it serves. What is counted here, nobody takes for lost.
            _replay(database, waiting(self.valkey), done)
        return vars(done) | self._lost(task, to)

    def forget_again(self, task: "Task") -> dict[str, Any]:
        if not self._has_source(task):
            return {"source": "lost"}
        with self._three(task) as databases:
            return {"changed": dict(forget_again(databases))}

    def carry_trail(self, task: "Task") -> dict[str, Any]:
        restored = self._restored(task)
        with (
            self.connect("reader", restored) as reader,
            self.connect("owner", restored) as owner,
            self._source(task) as source,
        ):
            carried = carry_on(source, reader, owner, self.anchors.last, self._said(task))
        lost = [one for one in carried if one.superseded]
        for one in lost:
            self.anchors.supersede(one.organisation_id, one.first, one.last, task.drill.id)
        return {
            "rows_carried_over": sum(one.rows for one in carried if not one.superseded),
            "chains": sum(1 for one in carried if one.first),
            "superseded": {str(one.organisation_id): [one.first, one.last] for one in lost},
            "findings": [finding for one in carried for finding in one.findings],
        }

    def put_in_place(self, task: "Task") -> dict[str, Any]:
        drill = task.drill.id
        self.instances.promote(drill)
        instance = self.instances.look(drill)
        if instance.state == "failed":
            raise StepFailed(f"The restored database could not be put in place: {instance.reason}")
        if instance.state != "promoted":
            raise NotYet(f"the restored database is {instance.state}")
        until = self.clock() + self.aside_for
        self.drills.update(drill, aside_until=until)
        aside = self.instances.aside(drill)
        kept = {"put_aside": aside.name, "kept_until": until.isoformat(), "costs": aside.costs} if aside else {}
        return {**dict(instance.facts), **kept}

    def serve(self, task: "Task") -> dict[str, Any]:
        with self.connect("owner", RUNNING) as owner:
            open_to_writers(owner)
        release_drain(self.valkey, task.drill.id)
        return {"waiting_entries": int(self.valkey.run("XLEN", STREAM)), "serves_since": self.clock().isoformat()}

    def anchor(self, task: "Task") -> dict[str, Any]:
        step = self.drills.step(task.drill.id, "carry the audit trail on")
        superseded = [UUID(one) for one in ((step.result if step else None) or {}).get("superseded", {})]
        with self._database("api", RUNNING) as database:
            found = anchor_audit(
                database, self.anchors, self.safe, self.clock(), restore=task.drill.id, superseded=superseded
            )
        return {"anchor": found.key, "chains": found.chains, "findings": found.findings}

    def go_back(self, task: "Task") -> dict[str, Any]:
        """What ran before runs again, open, and drained; the restored database is the workflow's to destroy."""
        drill = task.drill.id
        self.instances.go_back(drill)
        state = self.instances.look(drill).state
        if state in {"promoting", "promoted", "going back"}:
            raise NotYet(f"the restored database is {state}")
        with self.connect("owner", RUNNING) as owner:
            open_to_writers(owner)
            with writing(owner, [OPERATIONS]):
                record(owner, _went_back(drill))
        release_drain(self.valkey, drill)
        return {"runs_again": True}

    def _discards(self, task: "Task", source: "Connection") -> dict[str, Any]:
        with self.connect("reader", self._restored(task)) as restored:
            return discarded(source, restored, _moment(task), len(self.leases.all_open()))

    def _lost(self, task: "Task", to: datetime) -> dict[str, Any]:
        """Events that were stored and are not drained again; the record's RPO is what they say."""
        with self.connect("reader", self._restored(task)) as restored:
            sites = [site for (site,) in restored.run("select id from sites")]
            there = events_since(restored, to, sites)["drained_again"]
        if not self._has_source(task):
            return {"counted_after": there, "lost": None}
        with self.connect("reader", RUNNING) as source:
            before = events_since(source, to, sites)["drained_again"]
        lost = max(before - there, 0)
        closed = self.drills.step(task.drill.id, "close the running database")
        until = datetime.fromisoformat((closed.result or {})["closed_at"]) if closed else self.clock()
        self.drills.update(task.drill.id, rpo_seconds=int((until - to).total_seconds()) if lost else 0)
        return {"counted_before": before, "counted_after": there, "lost": lost}

    def _said(self, task: "Task") -> Restore:
        """What the trail says of the restore."""
        drill = task.drill
        decided = self.drills.step(drill.id, "promotion")
        promoted_by = (decided.result or {}).get("by", "") if decided else ""
        facts = {
            "to": _moment(task).isoformat(), "started_by": drill.started_by, "signed_by": drill.signed_by,
            "promoted_by": promoted_by, "discarded": self._discarded(task).get("confirmation", ""),
        }  # fmt: skip
        return Restore(id=drill.id, facts=facts, reason=drill.reason)

    def _discarded(self, task: "Task") -> Mapping[str, Any]:
        step = self.drills.step(task.drill.id, PREVIEW)
        return (step.result if step else None) or {}

    def _has_source(self, task: "Task") -> bool:
        """What was confirmed decides: a running database that could not be read then is not waited for."""
        return self._discarded(task).get("source") != "lost"

    def _restored(self, task: "Task") -> tuple[str, int]:
        found = open_instance(self.instances, task.drill.id)
        return found.host, found.port

    @contextmanager
    def _database(self, role: Role, where: Where) -> Iterator[Database]:
        """For code that opens its own transactions; they write, although the database is closed to writers."""
        with self.connect(role, where) as connection:
            connection.run("set default_transaction_read_only = off")
            yield Database(lambda: connection)

    @contextmanager
    def _source(self, task: "Task") -> "Iterator[Connection | None]":
        if not self._has_source(task):
            yield None
            return
        with self.connect("reader", RUNNING) as source:
            yield source

    @contextmanager
    def _three(self, task: "Task") -> Iterator[Databases]:
        where = self._restored(task)
        with (
            self.connect("reader", RUNNING) as source,
            self.connect("reader", where) as restored,
            self.connect("owner", where) as owner,
        ):
            yield Databases(source=source, restored=restored, owner=owner)


def _replay(database: Database, entries: Iterable[Any], done: Replayed) -> None:
    try:
        replay(database, entries, done)
    except AnotherStores as error:
        raise NotYet("an attempt before this one still stores events") from error


def _moment(task: "Task") -> datetime:
    if task.drill.to is None:
        raise StepFailed("nobody has said to which moment")
    return task.drill.to


def _end_of(lease: "Lease") -> Entry:
    return Entry(
        organisation_id=OPERATIONS, actor=ACTOR, action="database-credential.end",
        subject=f"database-credential/{lease.id}", after={"role": lease.role}, reason="a restore is promoted",
    )  # fmt: skip


def _went_back(drill: str) -> Entry:
    return Entry(
        id=uuid5(NAMESPACE_URL, f"{drill}#went-back"), organisation_id=OPERATIONS, actor=ACTOR,
        action="database.restore-failed", subject=drill, reason="its promotion failed: what ran before runs again",
    )  # fmt: skip
