"""A drill on real servers, walked through as the workflow in `infra/constructs/restore_workflow.py` does."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from local.backups.restore import RestoreFailed, TemporaryPostgres, plan
from shared.backups.drill import Aborted, Drill, NotYet, StepFailed, word_of
from shared.backups.instances import Aside, Instance
from shared.backups.run_drill import Drills
from shared.backups.run_drill import World as DrillWorld
from shared.backups.store import DrillStore
from shared.platform.actor import Actor
from shared.platform.aws.dynamodb import Write
from shared.platform.aws.secrets import Login
from shared.platform.failures import PostgresUnavailable
from tests.integration.backups.conftest import World, until
from tests.memory_table import MemoryTable

if TYPE_CHECKING:
    from pg8000.native import Connection

ID = "drill-20261125T040000Z"


class Crash(BaseException):
    """The function's process ends: no code of ours may catch it."""


class CrashingTable(MemoryTable):
    """Crashes before or after the nth write from now on."""

    def __init__(self) -> None:
        super().__init__()
        self._left = 0
        self._when = ""
        self._crash: Callable[[], None] = lambda: None

    def crash_at(self, nth: int, when: str, crash: Callable[[], None]) -> None:
        self._left, self._when, self._crash = nth, when, crash

    def write(self, writes: Sequence[Write]) -> None:
        self._left -= 1
        if self._left == 0 and self._when == "before_write":
            self._crash()
        super().write(writes)
        if self._left == 0 and self._when == "after_write":
            self._crash()


class DirectInstances:
    """Restores at once, in this process."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.instance: TemporaryPostgres | None = None
        self.provisioned = 0
        self._failed = ""

    def restorable_until(self) -> datetime | None:
        return datetime.now(UTC) - timedelta(seconds=20)

    def provision(self, drill: str, *, to: datetime, base_before: datetime) -> None:
        if self.instance or self._failed:
            return
        self.provisioned += 1
        self.world.archive()
        try:
            plan(self.world.repository, to, base_before=base_before)
            self.instance = self.world.restore(to)
        except RestoreFailed as error:
            self._failed = str(error)

    def look(self, drill: str) -> Instance:
        if self._failed:
            return Instance(state="failed", reason=self._failed)
        if self.instance is None:
            return Instance(state="gone")
        if not self.instance.is_alive():
            return Instance(state="failed", reason=f"the temporary instance is lost: {self.instance.why()}")
        return Instance(state="available", host="127.0.0.1", port=self.instance.port)

    def admit_owner(self, drill: str, login: Login) -> None:
        raise NotImplementedError

    def promote(self, drill: str) -> None:
        raise NotImplementedError

    def go_back(self, drill: str) -> None:
        raise NotImplementedError

    def aside(self, drill: str) -> Aside | None:
        raise NotImplementedError

    def remove_aside(self, drill: str) -> None:
        raise NotImplementedError

    def destroy(self, drill: str) -> None:
        if self.instance:
            self.instance.destroy()
        self.instance, self._failed = None, ""


class Workflow:
    def __init__(self, world: World) -> None:
        self.world = world
        self.table = CrashingTable()
        self.store = DrillStore(self.table)
        self.instances = DirectInstances(world)
        self.smoke: Callable[[str, int], Mapping[str, Any]] = lambda _host, _port: {"health": "ok"}
        self.after: dict[str, Callable[[], object]] = {}
        self.drills = Drills(
            DrillWorld(
                store=self.store, instances=self.instances, source=world.connect, connect=self._connect,
                admit=lambda *_: {}, smoke_test=self.smoke, reapply=lambda *_: {}, close=lambda *_: {}, promotion={},
            )
        )  # fmt: skip

    @contextmanager
    def _connect(self, _host: str, port: int) -> "Iterator[Connection]":
        try:
            with self.world.connect(port) as connection:
                yield connection
        except OSError as error:
            raise PostgresUnavailable(str(error)) from error

    def act(self, name: str, *arguments: Any) -> Mapping[str, Any]:
        """One action; asked again while it answers that it is not done yet."""
        found: dict[str, Any] = {}

        def done() -> bool:
            try:
                found.update(getattr(self.drills, name)(ID, *arguments) or {})
            except (NotYet, PostgresUnavailable):
                return False
            return True

        until(done, name)
        self.after.get(name, lambda: None)()
        return found

    def begin(self, **asked: Any) -> None:
        self.act(
            "begin",
            {"kind": "drill", "started_by": "ada", "started_by_subject": "subject-of-ada", "reason": "weekly", **asked},
        )

    def run(self) -> Drill:
        """Until the sign-off, or the end."""
        try:
            for name in ("mark", "provision", "wait", "admit", "compare", "smoke_test", "destroy"):
                self.act(name)
            self.act("await_decision", "sign-off", "token")
        except (StepFailed, Aborted) as error:
            self.act("destroy")
            self.act("close", "aborted" if isinstance(error, Aborted) else "failed", str(error))
        return self.found()

    def sign(self, by: str = "grace") -> Drill:
        self.act("decided", "sign-off", {"decision": "signed", **word_of(Actor(name=by, subject=f"subject-of-{by}"))})
        self.act("close", "passed")
        return self.found()

    def found(self) -> Drill:
        found = self.store.get(ID)
        assert found
        return found

    def events(self) -> list[str]:
        return [str(item["detail_type"]) for item in self.table.query("outbox")]
