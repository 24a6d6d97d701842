"""What may happen to a change next, and who may let it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.changes.gates import OVERRIDABLE, Gate, Overridable
from shared.changes.model import (
    IN_PRODUCTION,
    LIFE,
    STEPS,
    Approval,
    Change,
    Entry,
    GatesClosed,
    Happened,
    Override,
    Plan,
    Proof,
    Run,
    Step,
)
from shared.changes.proofs import Found
from shared.platform.actor import Actor
from shared.platform.refusals import NotAllowed, NotNow, Refused


@dataclass(frozen=True, kw_only=True)
class Act:
    """Who does something, and when."""

    by: Actor
    at: datetime


def planned(change_id: str, plan: Plan, act: Act) -> Change:
    new = Change(id=change_id, plan=plan, author=act.by.name, author_subject=act.by.subject)
    return _tell(new, act, "planned", plan.impact)


def amended(change: Change, commit: str, digest: str, act: Act, committers: tuple[str, ...] = ()) -> Change:
    """Another artefact: what was proved and approved was another one's. Who committed to that one, has still.

    Raises a refusal.
    """
    if change.is_over or change.state in IN_PRODUCTION:
        raise NotNow(f"{change.id} is {change.state}: plan a new one")
    if digest == change.plan.digest:
        return change
    everybody = tuple(dict.fromkeys((*change.plan.committers, *committers)))
    plan = replace(change.plan, commit=commit, digest=digest, committers=everybody)
    fresh = replace(change, plan=plan, state="planned", approval=None, override=None, proofs=())
    return _tell(fresh, act, "amended", f"The artefact is another one, of {commit[:12]}: it starts anew")


def reported(change: Change, step: Step, act: Act, *, digest: str, find: Callable[[Change], Found], run: Run) -> Change:
    """What a step of the pipeline found. The same again changes nothing: a step that is repeated after a crash is none more.

    Raises a refusal.
    """
    needed, follows = STEPS[step]
    _same_artefact(change, digest)
    is_repeated = any(entry.happened == follows for entry in _since_amended(change))
    if change.state != needed and not is_repeated:
        raise NotNow(f"{change.id} is {change.state}: {step} comes after {needed}")
    found = find(change)
    if found.passed and is_repeated:
        return change
    if change.state != needed:
        raise NotNow(f"{change.id} is {change.state}: {step} comes after {needed}")
    if found.passed:
        proof = Proof(
            step=step, digest=digest, at=act.at, by=act.by.name, run=run, why=found.why, figures=found.figures
        )
        return _tell(replace(change, state=follows, proofs=(*change.proofs, proof)), act, follows, found.why)
    if step == "verified":
        return _tell(replace(change, state="rolled_back"), act, "rolled_back", found.why)
    return _tell(replace(change, state="rejected"), act, "rejected", f"{step} failed: {found.why}")


def override_asked(change: Change, gates: tuple[Overridable, ...], reason: str, act: Act) -> Change:
    """Raises a refusal."""
    _before_production(change)
    if unknown := sorted(set(gates) - OVERRIDABLE):
        raise Refused(
            f"gates: {', '.join(unknown)} can't be overridden, only {', '.join(sorted(OVERRIDABLE))}", "gates"
        )
    by, subject = act.by.name, act.by.subject
    asked = Override(gates=tuple(dict.fromkeys(gates)), reason=reason, by=by, by_subject=subject)
    return _tell(replace(change, override=asked), act, "override_asked", f"{', '.join(asked.gates)}: {reason}")


def override_seconded(change: Change, act: Act) -> Change:
    """By somebody who has neither asked for it nor written the change. Raises a refusal."""
    _before_production(change)
    if change.override is None:
        raise NotNow(f"{change.id}: nobody has asked for an override")
    if change.override.seconded_by:
        return change
    if change.is_artefact_of(act.by) or change.is_override_of(act.by):
        detail = f"an override needs a second person: not {act.by.name}, who is its author or has asked for it"
        raise NotAllowed(detail)
    agreed = replace(change.override, seconded_by=act.by.name, seconded_by_subject=act.by.subject)
    return _tell(replace(change, override=agreed), act, "overridden", f"{', '.join(agreed.gates)}: {agreed.reason}")


def approved(change: Change, gates: tuple[Gate, ...], act: Act, valid_for: timedelta) -> Change:
    """By somebody else than the author, while every gate is open or overridden. Raises a refusal."""
    if change.state != "load_passed":
        raise NotNow(f"{change.id} is {change.state}: only what has passed its load snapshot is approved")
    if change.is_artefact_of(act.by):
        raise NotAllowed(f"{act.by.name} is the change's author: somebody else has to approve it")
    _all_open(change, gates)
    given = Approval(
        by=act.by.name, by_subject=act.by.subject, at=act.at, digest=change.plan.digest, until=act.at + valid_for
    )
    return _tell(
        replace(change, state="approved", approval=given), act, "approved", f"Until {given.until:%Y-%m-%d %H:%M} UTC"
    )


def promoted(change: Change, gates: tuple[Gate, ...], act: Act, digest: str) -> Change:
    """Asked immediately before it goes to production, and granted once: a gate that has closed while it waited, and an
    approval that has run out or is another artefact's, stop it. Raises a refusal."""
    _same_artefact(change, digest)
    if change.state != "approved":
        raise NotNow(f"{change.id} is {change.state}: only what is approved goes to production, once")
    _all_open(change, gates)
    return _tell(replace(change, state="promoted"), act, "promoted", f"{change.plan.commit[:12]} goes to production")


def held(change: Change, gates: tuple[Gate, ...], act: Act) -> Change:
    """What keeps it, told once for each difference; and that nothing keeps it any more."""
    why = _closed(change, gates)
    if not why:
        return _tell(change, act, "cleared", "Every gate is open or overridden") if change.is_held else change
    told = next(entry for entry in reversed(change.story) if entry.happened == "held") if change.is_held else None
    return change if told and told.why == why else _tell(change, act, "held", why)


def handed_over(change: Change, how: str, act: Act) -> Change:
    """Whoever deploys it was asked to, once for each approval and each time that gates have held it. Raises NotNow."""
    if change.state != "approved":
        raise NotNow(f"{change.id} is {change.state}: only what is approved is handed over")
    return change if change.is_handed_over else _tell(change, act, "handed_over", how)


def rejected(change: Change, reason: str, act: Act) -> Change:
    """It will not go to production. Raises NotNow."""
    _before_production(change)
    return _tell(replace(change, state="rejected", approval=None), act, "rejected", reason)


def rolled_back(change: Change, reason: str, act: Act) -> Change:
    """What was before it is in production again. Raises NotNow."""
    if change.state not in IN_PRODUCTION:
        raise NotNow(f"{change.id} is {change.state}: only what is in production can be rolled back")
    return _tell(replace(change, state="rolled_back"), act, "rolled_back", reason)


def expired(change: Change, now: datetime) -> Change:
    """As it stands by the clock: an approval that ran out before it was used ends the change, and so does its age."""
    if change.is_over or change.state in IN_PRODUCTION:
        return change
    ends = change.story[0].at + LIFE
    why = f"It did not go to production within {LIFE.days} days"
    if change.approval and change.state == "approved" and change.approval.until <= ends:
        ends, why = change.approval.until, f"The approval by {change.approval.by} was not used in time"
    clock = Act(by=Actor(name="clock"), at=ends)
    return change if now < ends else _tell(replace(change, state="expired"), clock, "expired", why)


def _all_open(change: Change, gates: tuple[Gate, ...]) -> None:
    if why := _closed(change, gates):
        raise GatesClosed(why)


def _closed(change: Change, gates: tuple[Gate, ...]) -> str:
    closed = [gate for gate in gates if not gate.open and gate.name not in change.overridden()]
    return "; ".join(f"{gate.name}: {gate.why}" for gate in closed)


def _same_artefact(change: Change, digest: str) -> None:
    if digest != change.plan.digest:
        raise Refused(f"digest: {change.id} is of the artefact {change.plan.digest}: amend it first", "digest")


def _before_production(change: Change) -> None:
    if change.is_over or change.state in IN_PRODUCTION:
        raise NotNow(f"{change.id} is {change.state}: it is too late for that")


def _since_amended(change: Change) -> tuple[Entry, ...]:
    last = max((place for place, entry in enumerate(change.story) if entry.happened == "amended"), default=0)
    return change.story[last:]


def _tell(change: Change, act: Act, happened: Happened, why: str) -> Change:
    at = act.at.replace(microsecond=0)
    entry = Entry(at=at, by=act.by.name, by_subject=act.by.subject, happened=happened, why=why)
    return replace(change, story=(*change.story, entry))
