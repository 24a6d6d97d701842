"""A change on its way to production: what it is, how it stands, and what has happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.changes.gates import Overridable
from shared.platform.actor import Actor
from shared.platform.refusals import NotNow

State = Literal[
    "planned", "staged", "smoke_passed", "load_passed", "approved", "promoted", "verified",
    "rejected", "expired", "rolled_back",
]  # fmt: skip
Step = Literal["staged", "smoke", "load_snapshot", "verified"]
Happened = Literal[
    "planned", "amended", "staged", "smoke_passed", "load_passed", "held", "cleared", "override_asked", "overridden",
    "approved", "handed_over", "promoted", "verified", "rejected", "expired", "rolled_back",
]  # fmt: skip

# What the pipeline reports, in its order: the state in which it may, and the one that follows when it went well.
STEPS: Final[Mapping[Step, tuple[State, Literal["staged", "smoke_passed", "load_passed", "verified"]]]] = {
    "staged": ("planned", "staged"),
    "smoke": ("staged", "smoke_passed"),
    "load_snapshot": ("smoke_passed", "load_passed"),
    "verified": ("promoted", "verified"),
}
IN_PRODUCTION: Final = frozenset({"promoted", "verified"})
OVER: Final = frozenset({"verified", "rejected", "expired", "rolled_back"})
AT_THE_GATES: Final = frozenset({"load_passed", "approved"})
LIFE: Final = timedelta(days=60)
"""What has not gone to production by then was proved too long ago: it ends by the clock."""


class GatesClosed(NotNow):
    """Gates that nobody has overridden keep it."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to go to production: ``digest`` is that of the artefact, ``committed_at`` when its oldest commit was made.

    ``committers`` are the addresses of who wrote its commits: where a pipeline plans it, it is theirs and not the pipeline's.
    A ``demo`` shows the way to production: no pipeline deploys it, and no figure counts it.
    """

    title: str
    impact: str
    commit: str
    digest: str
    committed_at: datetime
    planned_for: datetime
    migrations_compatible: bool
    committers: tuple[str, ...] = ()
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class Run:
    """Where a step was made: the ``id`` of the pipeline's run, and the ``url`` that shows it."""

    id: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """That an artefact has passed a step. ``figures`` are what was measured, by name: milliseconds, shares, counts."""

    step: Step
    digest: str
    at: datetime
    by: str
    run: Run
    why: str
    figures: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Of one artefact, until a moment."""

    by: str
    by_subject: str = ""
    at: datetime
    digest: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Override:
    """Gates that stay closed and are passed all the same; it holds once a second person has agreed."""

    gates: tuple[Overridable, ...]
    reason: str
    by: str
    by_subject: str = ""
    seconded_by: str = ""
    seconded_by_subject: str = ""

    @property
    def asker(self) -> Actor:
        return Actor(name=self.by, subject=self.by_subject)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the change's story."""

    at: datetime
    by: str
    by_subject: str = ""
    happened: Happened
    why: str

    @property
    def actor(self) -> Actor:
        return Actor(name=self.by, subject=self.by_subject)


@dataclass(frozen=True, kw_only=True)
class Change:
    """``story`` has a line for each thing that happened; its length is the change's version."""

    id: str
    plan: Plan
    author: str
    author_subject: str = ""
    state: State = "planned"
    approval: Approval | None = None
    override: Override | None = None
    proofs: tuple[Proof, ...] = ()
    story: tuple[Entry, ...] = ()

    def proof(self, step: Step) -> Proof | None:
        """Of its artefact as it is now."""
        return next((one for one in reversed(self.proofs) if (one.step, one.digest) == (step, self.plan.digest)), None)

    @property
    def version(self) -> int:
        return len(self.story)

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    def when(self, happened: Happened) -> datetime | None:
        """The last time."""
        return next((entry.at for entry in reversed(self.story) if entry.happened == happened), None)

    @property
    def is_held(self) -> bool:
        """By gates, as far as its story tells."""
        return self._last("held", "cleared", "approved", "amended") == "held"

    @property
    def is_handed_over(self) -> bool:
        """Whoever deploys was asked to; what held it since then has refused them, and they are to be asked anew."""
        return self._last("approved", "held", "handed_over") == "handed_over"

    def _last(self, *kinds: Happened) -> Happened | None:
        return next((entry.happened for entry in reversed(self.story) if entry.happened in kinds), None)

    def author_is(self, actor: Actor) -> bool:
        return actor.may_be(Actor(name=self.author, subject=self.author_subject))

    def is_artefact_of(self, actor: Actor) -> bool:
        """Whether they have written it: planned it, committed to it, or put another artefact in its place."""
        amended = (entry.actor for entry in self.story if entry.happened == "amended")
        committers = (Actor(name=address) for address in self.plan.committers)
        return self.author_is(actor) or any(actor.may_be(one) for one in (*amended, *committers))

    def is_override_of(self, actor: Actor) -> bool:
        """Whether they have asked for it."""
        return self.override is not None and actor.may_be(self.override.asker)

    def overridden(self) -> frozenset[Overridable]:
        return frozenset(self.override.gates) if self.override and self.override.seconded_by else frozenset()
