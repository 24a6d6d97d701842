"""The steps of a drill. Each may be repeated after a crash at any point: what was done is found and not done twice."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from shared.backups.content import Mark, differences
from shared.backups.drill import SIGN_OFF_WITHIN, WAITING, Drill, NotYet, Status, StepFailed, Wait
from shared.backups.instances import Instance, Instances
from shared.backups.promotion import PROMOTION, Promotion, remove_aside
from shared.backups.proof import MarkRefused, read_content, read_sentinels, take_mark
from shared.backups.staging import CLOSE
from shared.backups.steps import Act, Steps, open_instance
from shared.backups.store import DrillStore, Step
from shared.backups.words import moment_text, span_text
from shared.events.backups import DrillFailed, DrillPassed
from shared.platform.moments import stamp

if TYPE_CHECKING:
    from pg8000.native import Connection

TOLD: Final = frozenset({"passed", "failed", "promoted", "expired", "rejected"})
PATIENCE: Final = timedelta(hours=3)
# Writers are shut out meanwhile.
PROMOTION_PATIENCE: Final = timedelta(minutes=30)
_PROMOTIONS_LOOKED_AT: Final = 500

ConnectTo = Callable[[str, int], AbstractContextManager["Connection"]]
"""Connects to the database on a host and port as who proves backups."""

OnDatabase = Callable[[str, int], Mapping[str, Any]]
"""Does something with the database on a host and port, and returns the evidence. Raises StepFailed."""


@dataclass(frozen=True, kw_only=True)
class World:
    """What a drill works with. ``source`` opens the running database, ``connect`` any.

    ``admit`` gives the restored one today's logins, ``reapply`` brings its data to what may be seen of it, ``close`` shuts writers
    out of it, ``promotion`` has the acts of a promotion.
    """

    store: DrillStore
    instances: Instances
    source: Callable[[], "Connection"]
    connect: ConnectTo
    admit: Callable[[str, str, int], Mapping[str, Any]]
    smoke_test: OnDatabase
    reapply: OnDatabase
    close: OnDatabase
    promotion: Mapping[str, Act]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class Drills:
    """Every method is one action of the workflow, and returns what the workflow goes on with."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store
        self._steps = Steps(world.store, world.clock)
        self._promotion = Promotion(self._steps, world.store, world.promotion)

    def begin(self, drill: str, event: Mapping[str, Any]) -> dict[str, Any]:
        to = event.get("to")
        self._store.create(
            Drill(
                id=drill, kind=event["kind"], status="running", reason=event["reason"], started_at=self._world.clock(),
                started_by=event["started_by"], started_by_subject=event.get("started_by_subject", ""),
                to=datetime.fromisoformat(to) if to else None, played=bool(event.get("played")),
            )
        )  # fmt: skip
        return {"kind": event["kind"]}

    def mark(self, drill: str) -> dict[str, Any]:
        """Fix the moment to restore to, and what the database held then."""
        return self._once(drill, "mark", self._mark)

    def provision(self, drill: str) -> dict[str, Any]:
        """Ask for the temporary database; done anew it finds the one that was asked for."""
        found = self._steps.running(drill)
        step = self._store.step(drill, "provision") or Step(name="provision", started_at=self._steps.now())
        self._store.write_step(drill, step)
        assert found.to  # noqa: S101 -- the mark has set it
        mark = self._marked(drill)
        self._world.instances.provision(drill, to=found.to, base_before=mark.sentinel_at if mark else found.to)
        return {}

    def wait(self, drill: str) -> dict[str, Any]:
        """Raises NotYet while the database is being restored, StepFailed when it can't be."""
        self._steps.running(drill)
        instance = self._instance(drill)
        step = self._store.step(drill, "provision")
        if step and not step.finished_at:
            begun = datetime.fromisoformat(step.started_at)
            taken = int((self._world.clock() - begun).total_seconds())
            self._store.write_step(drill, replace(step, finished_at=self._steps.now(), result=dict(instance.facts)))
            self._store.update(drill, rto_seconds=taken)
        return {}

    def admit(self, drill: str) -> dict[str, Any]:
        """It knows the logins of then, and everybody comes with those of now."""

        def admit(found: Drill) -> dict[str, Any]:
            instance = self._instance(found.id)
            return dict(self._world.admit(found.id, instance.host, instance.port))

        return self._once(drill, "admit", admit)

    def compare(self, drill: str) -> dict[str, Any]:
        return self._once(drill, "compare", self._compare)

    def smoke_test(self, drill: str) -> dict[str, Any]:
        return self._on_database(drill, "smoke test", self._world.smoke_test)

    def reapply(self, drill: str) -> dict[str, Any]:
        return self._on_database(drill, "reapply", self._world.reapply)

    def close_restored(self, drill: str) -> dict[str, Any]:
        """Before staging is pointed to it: nobody changes what somebody else is looking at."""

        def close(found: Drill) -> dict[str, Any]:
            instance = self._instance(found.id)
            closed = self._world.close(instance.host, instance.port)
            return {**closed, "host": instance.host, "port": instance.port}

        return self._once(drill, CLOSE, close)

    def destroy(self, drill: str) -> dict[str, Any]:
        """Raises NotYet until the temporary database is gone. Needs no drill that goes well, or is running."""
        if self._world.instances.look(drill).state == "promoted":
            return {}  # it is the running database now: nothing is destroyed, and no step says so
        step = self._store.step(drill, "destroy") or Step(name="destroy", started_at=self._steps.now())
        self._store.write_step(drill, step)
        self._world.instances.destroy(drill)
        if (state := self._world.instances.look(drill).state) != "gone":
            raise NotYet(f"the temporary database is {state}")
        if not step.finished_at:
            self._store.write_step(drill, replace(step, finished_at=self._steps.now(), result={"instance": "gone"}))
        return {}

    def await_decision(self, drill: str, wait: Wait, token: str) -> None:
        """Keep the token by which the decision comes; told again, the newest counts."""
        self._steps.running(drill)
        now = self._world.clock()
        self._store.write_token(drill, wait, token)
        self._store.write_step(drill, Step(name=wait, started_at=now.isoformat()))
        self._store.update(drill, status=WAITING[wait], expires_at=now + SIGN_OFF_WITHIN)

    def decided(self, drill: str, wait: Wait, decision: Mapping[str, Any]) -> dict[str, Any]:
        """Write down who decided what."""
        now = self._world.clock()
        step = self._store.step(drill, wait) or Step(name=wait, started_at=now.isoformat())
        self._store.write_step(drill, replace(step, finished_at=now.isoformat(), result=dict(decision)))
        signed = {"signed_by": decision["by"], "signed_by_subject": decision.get("by_subject", ""), "signed_at": now}
        self._store.update(drill, status="running", **(signed if decision["decision"] == "signed" else {}))
        return {"decision": decision["decision"]}

    def promote(self, drill: str, step: str) -> dict[str, Any]:
        """One step of the promotion."""
        self._promotion.do(drill, step)
        return {}

    def preview(self, drill: str) -> dict[str, Any]:
        self._promotion.preview(drill)
        return {}

    def go_back(self, drill: str) -> dict[str, Any]:
        self._promotion.go_back(drill)
        return {}

    def remove_what_was_put_aside(self) -> dict[str, Any]:
        """Of promotions whose time is over; those that could not be removed yet come again the next time."""
        now = self._world.clock()
        due = [one for one in self._store.newest(before=None, limit=_PROMOTIONS_LOOKED_AT)
               if one.aside_until and one.aside_until <= now and not one.aside_removed_at]  # fmt: skip
        removed = [one.id for one in due if remove_aside(self._store, self._world.instances, one.id, now)]
        return {"removed": removed, "due": len(due)}

    def close(self, drill: str, status: Status, why: str = "") -> dict[str, Any]:
        """The end of a drill, told once."""
        found = self._store.get(drill)
        if found is None or found.ended:
            return {"status": found.status if found else status}
        now = self._world.clock()
        events = [self._event(found, status, why, now)] if status in TOLD and found.kind != "mark" else []
        self._store.update(drill, *events, status=status, why=why, finished_at=now)
        return {"status": status}

    def patience(self, drill: str, action: str, why: str) -> dict[str, Any]:
        """Whether to ask again: not for ever, since a drill that never ends proves nothing."""
        began = [step.started_at for step in self._store.steps(drill) if not step.name.startswith("refused")]
        since = datetime.fromisoformat(began[-1]) if began else self._world.clock()
        patience = PROMOTION_PATIENCE if action in PROMOTION else PATIENCE
        if self._world.clock() - since > patience:
            return {"state": "failed", "why": f"{action} did not come about in {span_text(patience)}: {why}."}
        return {"state": "not yet", "why": why}

    def _mark(self, found: Drill) -> dict[str, Any]:
        reach = self._world.instances.restorable_until()
        mark = self._proved_moment(found)
        to = mark.at if mark else (found.to or reach)
        if to is None:
            raise StepFailed("there is no point-in-time window: nothing can be restored")
        now = self._world.clock()
        # A restore's is known once it is promoted: what is drained again is not lost.
        rpo = max(int((now - reach).total_seconds()), 0) if reach and found.kind != "restore" else None
        self._store.update(found.id, to=to, rpo_seconds=rpo)
        shown = {"to": to.isoformat(), "restorable_until": reach.isoformat() if reach else None}
        return shown | ({"mark": mark.plain(), "stalled_ms": mark.stalled_ms} if mark else {})

    def _proved_moment(self, found: Drill) -> Mark | None:
        """A drill proves content, so it restores to a moment at which the content is known; a restore to any."""
        if found.kind == "restore":
            return self._store.mark_at(found.to) if found.to else None
        if found.to is None:
            try:
                mark = take_mark(self._world.source, found.id)
            except MarkRefused as error:
                raise StepFailed(f"No moment could be marked: {error}.") from error
            self._store.write_mark(mark)
            return mark
        if (known := self._store.mark_at(found.to)) is None:
            raise StepFailed(
                f"Nobody knows what the database held at {moment_text(found.to)}: "
                "a drill restores to a marked moment (`p09 restore mark` sets one), a restore to any."
            )
        return known

    def _on_database(self, drill: str, name: str, act: OnDatabase) -> dict[str, Any]:
        def done(found: Drill) -> dict[str, Any]:
            instance = self._instance(found.id)
            return dict(act(instance.host, instance.port))

        return self._once(drill, name, done)

    def _once(self, drill: str, name: str, act: Callable[[Drill], dict[str, Any]]) -> dict[str, Any]:
        needed = self._instance if name != "mark" else str
        self._steps.once(drill, name, lambda task: act(task.drill), needed=needed)
        return {}

    def _instance(self, drill: str) -> Instance:
        return open_instance(self._world.instances, drill)

    def _compare(self, found: Drill) -> dict[str, Any]:
        instance = self._instance(found.id)
        mark = self._marked(found.id)
        with self._world.connect(instance.host, instance.port) as connection:
            content = read_content(connection)
            sentinels = read_sentinels(connection, mark.id) if mark else []
        different = (
            differences(mark, content, sentinels) if mark else tuple(f"{one} is not valid." for one in content.invalid)
        )
        self._store.update(found.id, rows=content.rows)
        if different:
            raise StepFailed(" ".join(different))
        tables = {
            name: {"rows": one.rows, "checksum": f"{one.first}:{one.second}"} for name, one in content.tables.items()
        }
        proof = {"proved_at": mark.at.isoformat(), "sentinel": mark.sentinel} if mark else {"proved_at": None}
        return {"tables": tables, "migrations": content.migrations, **proof}

    def _marked(self, drill: str) -> Mark | None:
        step = self._store.step(drill, "mark")
        plain = step.result.get("mark") if step and step.result else None
        return Mark.of(plain) if plain else None

    @staticmethod
    def _event(found: Drill, status: Status, why: str, now: datetime) -> DrillPassed | DrillFailed:
        told: dict[str, Any] = {
            "id": f"{found.id}-{status}", "drill": found.id, "kind": found.kind, "at": stamp(now),
            "rpo_seconds": found.rpo_seconds, "rto_seconds": found.rto_seconds, "why": why,
        }  # fmt: skip
        return DrillPassed(**told) if status in {"passed", "promoted"} else DrillFailed(**told)
