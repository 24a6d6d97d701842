"""What people and the pipeline do with changes. Each is one transaction with its event."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from shared.changes import acts
from shared.changes.acts import Act
from shared.changes.gates import Facts, Gate, Overridable, gates
from shared.changes.model import AT_THE_GATES, Change, GatesClosed, Plan, Run, Step
from shared.changes.proofs import Found, proof_gates
from shared.changes.store import WAITED, ChangeStore, first_id
from shared.platform.actor import Actor
from shared.platform.refusals import Refusal


class Changes:
    """For one person at one moment; ``facts`` says how things stand, the change's own part left to this class. ``refusing`` is told
    why, before it is written down that somebody was refused.

    Raises a refusal, ``Overtaken`` and what the table raises.
    """

    def __init__(
        self,
        store: ChangeStore,
        facts: Callable[[bool], Facts],
        *,
        by: Actor,
        now: datetime,
        valid_for: timedelta,
        refusing: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._refusing = refusing
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
        return (*proof_gates(change), *gates(self._facts(change.plan.migrations_compatible)))

    def amend(self, change_id: str, commit: str, digest: str, committers: tuple[str, ...] = ()) -> Change:
        return self._do(change_id, lambda change: acts.amended(change, commit, digest, self._act, committers))

    def report(self, change_id: str, step: Step, *, digest: str, find: Callable[[Change], Found], run: Run) -> Change:
        """``find`` judges the step, once it is the one that comes next."""
        return self._do(
            change_id, lambda change: acts.reported(change, step, self._act, digest=digest, find=find, run=run)
        )

    def ask_override(self, change_id: str, names: tuple[Overridable, ...], reason: str) -> Change:
        return self._do(change_id, lambda change: acts.override_asked(change, names, reason, self._act))

    def second_override(self, change_id: str) -> Change:
        return self._do(change_id, lambda change: acts.override_seconded(change, self._act))

    def approve(self, change_id: str) -> Change:
        return self._pass(change_id, lambda change, gates: acts.approved(change, gates, self._act, self._valid_for))

    def promote(self, change_id: str, digest: str) -> Change:
        return self._pass(change_id, lambda change, gates: acts.promoted(change, gates, self._act, digest))

    def settle(self, change_id: str) -> Change:
        """As the clock and the gates have it now, written down."""
        return self._do(
            change_id,
            lambda change: acts.held(change, self.gates(change), self._act) if change.state in AT_THE_GATES else change,
        )

    def hand_over(self, change_id: str, how: str) -> Change:
        return self._do(change_id, lambda change: acts.handed_over(change, how, self._act))

    def reject(self, change_id: str, reason: str) -> Change:
        return self._do(change_id, lambda change: acts.rejected(change, reason, self._act))

    def roll_back(self, change_id: str, reason: str) -> Change:
        return self._do(change_id, lambda change: acts.rolled_back(change, reason, self._act))

    def _do(self, change_id: str, verb: Callable[[Change], Change]) -> Change:
        """A verb, to the change as the clock has it now; both are written down, in one transaction."""
        known = self._store.get(change_id)
        change = self.by_clock(known)
        try:
            after = verb(change)
        except Refusal as error:
            self._refuse(known, change, error)
            raise
        return self._save(known, after)

    def _pass(self, change_id: str, verb: Callable[[Change, tuple[Gate, ...]], Change]) -> Change:
        """A verb that asks the gates. That they have refused somebody is part of the story, too."""
        known = self._store.get(change_id)
        change = self.by_clock(known)
        gates = self.gates(change)
        try:
            after = verb(change, gates)
        except GatesClosed as error:
            self._refuse(known, acts.held(change, gates, self._act), error)
            raise
        except Refusal as error:
            self._refuse(known, change, error)
            raise
        return self._save(known, after)

    def _refuse(self, before: Change, after: Change, error: Refusal) -> None:
        """What is written down although somebody was refused: what the clock and the gates have done."""
        self._refusing(str(error))
        self._save(before, after)

    def _save(self, before: Change, after: Change) -> Change:
        if after is not before:
            self._store.write(before, after)
        return after
