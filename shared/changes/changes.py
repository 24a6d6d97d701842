"""What people and the pipeline do with changes. Each is one transaction with its event."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from shared.changes import acts
from shared.changes.acts import Act
from shared.changes.gates import Facts, Gate, GateName, gates
from shared.changes.model import AT_THE_GATES, Change, GatesClosed, Plan, Step
from shared.changes.store import WAITED, ChangeStore, first_id
from shared.platform.actor import Actor


class Changes:
    """For one person at one moment; ``facts`` says how things stand, the change's own part left to this class.

    Raises ChangeRefused, UnknownChange, ``Overtaken`` and what the table raises.
    """

    def __init__(
        self, store: ChangeStore, facts: Callable[[bool], Facts], *, by: Actor, now: datetime, valid_for: timedelta
    ) -> None:
        self._store = store
        self._facts = facts
        self.by = by
        self._act = Act(by=by, at=now.replace(microsecond=0))
        self._valid_for = valid_for

    def plan(self, plan: Plan) -> Change:
        """The same artefact again, while it is under way, is the change that exists: sent twice, planned once."""
        for other in self._store.newest(limit=20):
            if other.plan.digest == plan.digest and other.author_is(self.by) and not other.is_over:
                return other
        planned = acts.planned(f"{first_id(self._act.at)}-{uuid4().hex[:6]}", plan, self._act)
        self._store.write(None, planned)
        return planned

    def look(self, change_id: str) -> Change:
        return self.by_clock(self._store.get(change_id))

    def under_way(self, *, before: str | None, limit: int) -> list[Change]:
        """Newest first: those that nothing has ended, of the time in which a change may wait."""
        known = self._store.planned_between(self._act.at - WAITED, self._act.at)
        older = [one for one in reversed(known) if before is None or one.id < before]
        return [one for one in older if not self.by_clock(one).is_over][:limit]

    def by_clock(self, change: Change) -> Change:
        """As it stands now; that its approval has run out is written down by whoever acts next."""
        return acts.expired(change, self._act.at)

    def gates(self, change: Change) -> tuple[Gate, ...]:
        return gates(self._facts(change.plan.migrations_compatible))

    def amend(self, change_id: str, commit: str, digest: str, committers: tuple[str, ...] = ()) -> Change:
        found = self._current(change_id)
        return self._save(found, acts.amended(found, commit, digest, self._act, committers))

    def report(self, change_id: str, step: Step, *, digest: str, passed: bool, why: str) -> Change:
        found = self._current(change_id)
        return self._save(found, acts.reported(found, step, self._act, digest=digest, passed=passed, why=why))

    def ask_override(self, change_id: str, names: tuple[GateName, ...], reason: str) -> Change:
        found = self._current(change_id)
        return self._save(found, acts.override_asked(found, names, reason, self._act))

    def second_override(self, change_id: str) -> Change:
        found = self._current(change_id)
        return self._save(found, acts.override_seconded(found, self._act))

    def approve(self, change_id: str) -> Change:
        found = self._current(change_id)
        with self._refused(found) as gates:
            return self._save(found, acts.approved(found, gates, self._act, self._valid_for))

    def promote(self, change_id: str, digest: str) -> Change:
        found = self._current(change_id)
        with self._refused(found) as gates:
            return self._save(found, acts.promoted(found, gates, self._act, digest))

    def settle(self, change_id: str) -> Change:
        """As the clock and the gates have it now, written down."""
        found = self._current(change_id)
        return (
            self._save(found, acts.held(found, self.gates(found), self._act)) if found.state in AT_THE_GATES else found
        )

    def hand_over(self, change_id: str, how: str) -> Change:
        found = self._current(change_id)
        return self._save(found, acts.handed_over(found, how, self._act))

    def reject(self, change_id: str, reason: str) -> Change:
        found = self._current(change_id)
        return self._save(found, acts.rejected(found, reason, self._act))

    def roll_back(self, change_id: str, reason: str) -> Change:
        found = self._current(change_id)
        return self._save(found, acts.rolled_back(found, reason, self._act))

    @contextmanager
    def _refused(self, found: Change) -> Iterator[tuple[Gate, ...]]:
        """That gates have refused somebody is part of the story: it shows what a deployment has run into."""
        gates = self.gates(found)
        try:
            yield gates
        except GatesClosed:
            self._save(found, acts.held(found, gates, self._act))
            raise

    def _current(self, change_id: str) -> Change:
        found = self._store.get(change_id)
        return self._save(found, self.by_clock(found))

    def _save(self, before: Change, after: Change) -> Change:
        if after is not before:
            self._store.write(before, after)
        return after
