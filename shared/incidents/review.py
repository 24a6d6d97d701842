"""Post-incident reviews: what is opened, what keeps one from being closed, when it is overdue."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from shared.events.incidents import ReviewChanged
from shared.incidents.model import Incident, identify
from shared.incidents.refusal import NotPossible
from shared.incidents.rules import Rules
from shared.incidents.signals import Signal
from shared.platform.moments import duration, stamp
from shared.platform.refusals import Refused, Unknown

ActionState = Literal["open", "done", "dropped"]
REQUIRED: Final = ("summary", "impact", "contributing_factors")
SECTIONS: Final = (*REQUIRED, "went_well")


@dataclass(frozen=True, kw_only=True)
class Action:
    """``reason`` says why it is dropped, or why the review may be closed while it is open."""

    id: str
    title: str
    owner: str
    due: date
    state: ActionState = "open"
    reason: str = ""

    def is_overdue(self, now: datetime) -> bool:
        return self.state == "open" and now.date() > self.due


@dataclass(frozen=True, kw_only=True)
class Did:
    """Who changed a review."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Review:
    """About an incident, or about the breach of a ``kpi`` that a ``decision`` proves; ``signal`` is that breach's event."""

    id: str
    title: str
    owner: str
    opened_at: datetime
    due: date
    incident: str | None = None
    kpi: str | None = None
    decision: str | None = None
    signal: str | None = None
    summary: str = ""
    impact: str = ""
    contributing_factors: str = ""
    went_well: str = ""
    actions: tuple[Action, ...] = ()
    history: tuple[Did, ...] = ()
    closed_at: datetime | None = None
    closed_by: str = ""
    reminded_at: datetime | None = None
    version: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """What keeps it from being closed."""
        empty = (f"{name} is empty" for name in REQUIRED if not getattr(self, name))
        open_ones = (
            f"action {one.id} is open without a reason: {one.title}"
            for one in self.actions
            if one.state == "open" and not one.reason
        )
        return (*empty, *open_ones)

    def is_overdue(self, now: datetime) -> bool:
        return self.closed_at is None and now.date() > self.due


def of_incident(incident: Incident, rules: Rules, now: datetime) -> Review:
    """The review of a customer-impacting incident that has ended."""
    lasted = (incident.resolved_at or now) - incident.began_at
    components = ", ".join(rules.components.get(one, one) for one in incident.components) or "no component named"
    return Review(
        id=identify("PIR", now, incident.id), title=incident.title, owner=incident.owner or rules.reviewer,
        opened_at=now, due=(now + rules.review_due_within).date(), incident=incident.id,
        summary=f"{incident.title}. Opened {stamp(incident.opened_at)}, {incident.signals} signals.",
        impact=_impact(incident, lasted, components),
    )  # fmt: skip


def completed(review: Review, incident: Incident, rules: Rules, now: datetime) -> Review:
    """At the incident's end a review that a breach has opened says what is known of all of it, if nobody has written yet."""
    if review.kpi is None or review.closed_at is not None or review.history:
        return review
    found = of_incident(incident, rules, now)
    return replace(
        review, title=found.title, owner=incident.owner or review.owner, incident=incident.id, due=found.due,
        summary=found.summary, impact=found.impact,
    )  # fmt: skip


def of_breach(signal: Signal, rules: Rules, incident: str | None) -> Review:
    """The review of a KPI that missed its target; ``incident`` is the one to which its signal belongs."""
    at = signal.at.replace(microsecond=0)
    return Review(
        id=identify("PIR", at, signal.id), title=signal.title, owner=rules.reviewers.get(signal.breach, rules.reviewer),
        opened_at=at, due=(at + rules.review_due_within).date(), incident=incident, kpi=signal.breach,
        decision=signal.links.get("decision"), signal=signal.id, summary=f"{signal.title}.", impact=signal.why,
    )  # fmt: skip


def edited(review: Review, values: Mapping[str, Any], *, by: str, now: datetime) -> Review:
    _still_open(review)
    changes = {name: value for name, value in values.items() if value != getattr(review, name)}
    if not changes:
        raise _nothing_changes(next(iter(values), "summary"))
    return _did(replace(review, **changes), by, now, f"Changed: {', '.join(changes).replace('_', ' ')}.")


def with_action(review: Review, title: str, owner: str, due: date, *, by: str, now: datetime) -> Review:
    _still_open(review)
    action = Action(id=str(len(review.actions) + 1), title=title, owner=owner, due=due)
    return _did(replace(review, actions=(*review.actions, action)), by, now, f"Action {action.id}: {title}.")


def with_changed_action(review: Review, action_id: str, values: Mapping[str, Any], *, by: str, now: datetime) -> Review:
    _still_open(review)
    before = next((one for one in review.actions if one.id == action_id), None)
    if before is None:
        known = ", ".join(one.id for one in review.actions) or "none"
        raise Unknown(f"{review.id} has no action {action_id}; it has {known}")
    after = replace(before, **values)
    if after == before:
        raise _nothing_changes(next(iter(values), "state"))
    if after.state == "dropped" and not after.reason:
        raise Refused("reason: an action is dropped for a reason, say which", "reason")
    actions = tuple(after if one is before else one for one in review.actions)
    return _did(replace(review, actions=actions), by, now, f"Action {action_id}: {_text(values)}.")


def closed(review: Review, note: str, *, by: str, now: datetime) -> Review:
    _still_open(review)
    if review.missing:
        raise NotPossible(f"{review.id} can't be closed: {'; '.join(review.missing)}", ("update", "add an action"))
    return _did(replace(review, closed_at=now, closed_by=by), by, now, f"Closed. {note}".strip())


def overdue(review: Review, rules: Rules, now: datetime) -> tuple[Review, ReviewChanged] | None:
    """The reminder that is due by ``now``, if one is: at most one each ``remind_every``."""
    late = [f"action {one.id} ({one.owner}) was due {one.due}: {one.title}"
            for one in review.actions if one.is_overdue(now)]  # fmt: skip
    if review.is_overdue(now):
        late.insert(0, f"the review was due {review.due}")
    reminded = review.reminded_at
    if review.closed_at is not None or not late or (reminded is not None and now < reminded + rules.remind_every):
        return None
    after = replace(review, reminded_at=now)
    return after, told(after, "overdue", now, f"Overdue: {'; '.join(late)}.")


def told(review: Review, change: Literal["opened", "overdue", "closed"], at: datetime, why: str) -> ReviewChanged:
    once = change if change != "overdue" else f"overdue-{at:%Y%m%dT%H%M%SZ}"
    return ReviewChanged(
        id=f"{review.id}-{once}", at=stamp(at), review=review.id, change=change, title=review.title,
        due=str(review.due), owner=review.owner, why=why,
    )  # fmt: skip


def _nothing_changes(field: str) -> Refused:
    return Refused(f"{field}: nothing changes", field)


def _still_open(review: Review) -> None:
    if review.closed_at is not None:
        raise NotPossible(f"{review.id} was closed by {review.closed_by}: it stays as it is")


def _did(review: Review, by: str, now: datetime, text: str) -> Review:
    return replace(review, history=(*review.history, Did(at=now, by=by, text=text)))


def _text(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in values.items())


def _impact(incident: Incident, lasted: timedelta, components: str) -> str:
    whose = "Customers were affected" if incident.customer_impacting else "Customers were not affected. It lasted"
    return f"{whose} for {duration(lasted)} ({components})."
