"""Maintenances and freezes: what may be planned, what may still be changed, and what has to be told when."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.events.calendar import CalendarChanged
from shared.platform.moments import stamp
from shared.platform.refusals import NotAllowed, NotNow, Refused

Kind = Literal["maintenance", "freeze"]
State = Literal["waiting", "planned", "active", "ended", "cancelled"]
Change = Literal["planned", "changed", "began", "ended", "cancelled"]
Told = Literal["planned", "began", "ended"]

LONGEST: Final[dict[Kind, timedelta]] = {"maintenance": timedelta(days=7), "freeze": timedelta(days=31)}
# People name minutes and requests take a while: what shall begin now is not past.
BEGINS_NOW: Final = timedelta(minutes=2)
# A maintenance that begins so soon during an outage could hide it: a second person has to agree.
NOTICE: Final = timedelta(hours=1)
_PROGRESS: Final[tuple[Told, ...]] = ("planned", "began", "ended")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What people decide about an entry. ``components`` are the runbook's; a freeze may name none."""

    kind: Kind
    title: str
    reason: str
    start: datetime
    end: datetime
    components: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A plan in the calendar.

    ``version`` counts what was written, ``told`` is how far the clock's part was announced, ``note`` is why it was
    cancelled or ended early. ``during`` is the incident that was open when a maintenance was planned to begin soon: until
    a second person, ``second_by``, agrees, it waits and excuses nothing. ``announced_at`` is when its start became known,
    None in what was written before entries said so.
    """

    id: str
    plan: Plan
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime
    version: int = 1
    told: Told = "planned"
    cancelled: bool = False
    note: str = ""
    during: str = ""
    second_by: str = ""
    announced_at: datetime | None = None

    @property
    def waits(self) -> bool:
        return bool(self.during) and not self.second_by

    @property
    def excused_from(self) -> datetime:
        """What happened before it was announced was not planned."""
        return max(self.plan.start, self.announced_at or self.created_at)

    def state(self, now: datetime) -> State:
        if self.cancelled or (self.waits and now >= self.plan.end):
            return "cancelled"
        if self.waits:
            return "waiting"
        if now < self.plan.start:
            return "planned"
        return "active" if now < self.plan.end else "ended"

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.plan.start < end and start < self.plan.end


def make(plan: Plan, entry_id: str, *, by: str, now: datetime, components: Collection[str], during: str = "") -> Entry:
    """A new entry; ``during`` is the incident that customers feel now. Raises Refused."""
    plan = _whole(plan)
    _check(plan, components)
    if plan.start < now - BEGINS_NOW:
        raise Refused("start: lies in the past; what has happened can't be planned any more", "start")
    return Entry(
        id=entry_id, plan=plan, created_by=by, created_at=now, changed_by=by, changed_at=now, announced_at=now,
        during=during if _could_hide(plan, now) else "",
    )  # fmt: skip


def _could_hide(plan: Plan, now: datetime) -> bool:
    return plan.kind == "maintenance" and plan.start < now + NOTICE


def confirm(entry: Entry, *, by: str, now: datetime) -> Entry:
    """A second person agrees; it is announced now. Raises NotNow, NotAllowed."""
    _not_over(entry, now)
    if not entry.waits:
        raise NotNow(f"{entry.id} waits for nobody")
    if by in (entry.created_by, entry.changed_by):
        raise NotAllowed(f"{entry.id} was planned by {by}: a second person has to agree to it")
    return replace(entry, second_by=by, announced_at=now, changed_by=by, changed_at=now, version=entry.version + 1)


def change(entry: Entry, plan: Plan, *, by: str, now: datetime, components: Collection[str], during: str = "") -> Entry:
    """Another plan for an entry that is not over; once it has begun its start stands. Raises Refused."""
    plan = _whole(plan)
    state = _not_over(entry, now)
    _check(plan, components)
    if state == "active" and plan.start != entry.plan.start:
        raise Refused("start: it has begun; only its end can still be moved", "start")
    if plan.start != entry.plan.start and plan.start < now - BEGINS_NOW:
        raise Refused("start: lies in the past", "start")
    if plan.end <= now:
        raise Refused("end: lies in the past; cancel it to end it now", "end")
    widened = set(plan.components) - set(entry.plan.components) or plan.start != entry.plan.start
    if during and widened and not entry.waits and _could_hide(plan, now):
        raise Refused(f"{during} is open: plan another maintenance, to which a second person agrees", "components")
    announced = now if plan.start != entry.plan.start else entry.announced_at
    return replace(entry, plan=plan, changed_by=by, changed_at=now, announced_at=announced, version=entry.version + 1)


def cancel(entry: Entry, reason: str, *, by: str, now: datetime) -> Entry:
    """It will not be; one that has begun ends now, because what has been of it was. Raises Refused."""
    version = entry.version + 1
    if _not_over(entry, now) != "active":
        return replace(entry, cancelled=True, note=reason, changed_by=by, changed_at=now, version=version)
    end = max(now.replace(microsecond=0), entry.plan.start + timedelta(seconds=1))
    return replace(
        entry, plan=replace(entry.plan, end=end), note=reason, changed_by=by, changed_at=now, version=version
    )


def due(entry: Entry, now: datetime) -> Iterator[tuple[Entry, CalendarChanged]]:
    """The steps that the clock has taken and nobody was told of, in order. The same step is always the same event."""
    reached = {"waiting": 0, "planned": 0, "active": 1, "ended": 2, "cancelled": 0}[entry.state(now)]
    for told in _PROGRESS[_PROGRESS.index(entry.told) + 1 : reached + 1]:
        entry = replace(entry, told=told, version=entry.version + 1)
        at = entry.excused_from if told == "began" else entry.plan.end
        yield entry, _event(entry, told, f"{entry.id}-{told}", at)


def told_by(entry: Entry, change: Literal["planned", "changed", "cancelled"]) -> CalendarChanged:
    """The event of what a person did."""
    return _event(entry, change, f"{entry.id}-{entry.version}-{change}", entry.changed_at)


def _event(entry: Entry, change: Change, event_id: str, at: datetime) -> CalendarChanged:
    plan = entry.plan
    return CalendarChanged(
        id=event_id, at=stamp(at), entry=entry.id, kind=plan.kind, change=change, title=plan.title,
        start=stamp(plan.start), end=stamp(plan.end), components=list(plan.components), reason=entry.note or plan.reason,
    )  # fmt: skip


def _whole(plan: Plan) -> Plan:
    """To the second, which is what is stored."""
    return replace(plan, start=plan.start.replace(microsecond=0), end=plan.end.replace(microsecond=0))


def _not_over(entry: Entry, now: datetime) -> State:
    state = entry.state(now)
    if state in ("ended", "cancelled"):
        happened = "is over" if state == "ended" else "was cancelled"
        raise NotNow(f"{entry.id} {happened}: it stays as it is. Plan a new one")
    return state


def _check(plan: Plan, components: Collection[str]) -> None:
    longest = LONGEST[plan.kind]
    unknown = sorted(set(plan.components).difference(components))
    if plan.end <= plan.start:
        raise Refused("end: must be after the start", "end")
    if plan.end - plan.start > longest:
        raise Refused(f"end: a {plan.kind} lasts at most {longest.days} days", "end")
    if unknown:
        raise Refused(f"components: {', '.join(unknown)}: known are {', '.join(components)}", "components")
    if plan.kind == "maintenance" and not plan.components:
        raise Refused(f"components: name those that it concerns, of {', '.join(components)}", "components")
