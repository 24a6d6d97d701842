"""A drill (restore, compare, destroy, sign off), a restore (restore, check, sign off, promote), or only the mark of a moment to
which drills can go; and the rules of signing off."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from shared.platform.actor import Actor
from shared.platform.refusals import NotAllowed, NotNow, Refused

Kind = Literal["drill", "restore", "mark"]
Status = Literal[
    "running", "waiting for sign-off", "waiting for promotion", "passed", "failed", "rejected", "expired", "promoted",
    "discarded", "aborted",
]  # fmt: skip
Wait = Literal["sign-off", "promotion"]

ENDED: Final[frozenset[Status]] = frozenset({
    "passed", "failed", "rejected", "expired", "promoted", "discarded", "aborted",
})  # fmt: skip
WAITING: Final[dict[Wait, Status]] = {"sign-off": "waiting for sign-off", "promotion": "waiting for promotion"}
SIGNING_ROLE: Final = "P09-DBA"
SIGN_OFF_WITHIN: Final = timedelta(hours=24)  # the workflow waits for as long: infra/constructs/restore_workflow.py


class StepFailed(Exception):
    """The drill has failed, and trying again would not mend it; the message says why."""


class NotYet(Exception):
    """What a step waits for has not come about: ask again."""


class Aborted(Exception):
    """A person ended the drill."""


@dataclass(frozen=True, kw_only=True)
class Drill:
    """``to`` is the moment that it restores to, once that is known; ``rto_seconds`` how long it took to an open database.

    ``rpo_seconds`` of a drill is what would have been lost if the source had been lost when it began, of a promoted restore what
    really was: 0 if every event that was accepted since was drained again. What was put aside is kept until ``aside_until``.

    A ``played`` one was begun by `p09 day` for a time that was over: it is dated by that time, and proves nothing.

    ``staging`` is the address at which staging answers from the restored database, empty when it does not.

    Older records have a subject where people are named now, and no other.
    """

    id: str
    kind: Kind
    status: Status
    started_by: str
    started_by_subject: str = ""
    started_at: datetime
    reason: str
    to: datetime | None = None
    why: str = ""
    rpo_seconds: int | None = None
    rto_seconds: int | None = None
    rows: int | None = None
    signed_by: str = ""
    signed_by_subject: str = ""
    signed_at: datetime | None = None
    expires_at: datetime | None = None
    finished_at: datetime | None = None
    abort_by: str = ""
    played: bool = False
    staging: str = ""
    aside_until: datetime | None = None
    aside_removed_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def starter(self) -> Actor:
        return Actor(name=self.started_by, subject=self.started_by_subject)

    @property
    def is_signed(self) -> bool:
        """By a second person."""
        signer = Actor(name=self.signed_by, subject=self.signed_by_subject)
        return self.signed_by != "" and not signer.may_be(self.starter)


def id_of(asked: Mapping[str, Any]) -> str:
    """The drill's name; what the schedule starts is called after its time, and so begins once. What is played for that time
    never takes its place."""
    played = "-played" if asked.get("played") else ""
    return str(asked.get("id") or f"drill-{asked['scheduled_time'].replace('-', '').replace(':', '')}{played}")


def must_confirm(preview: Mapping[str, Any] | None, said: str) -> None:
    """Who promotes has read what it discards. Raises ``NotNow`` and ``Refused``."""
    if preview is None:
        raise NotNow("what it discards is not known yet: wait for the step `preview`")
    if said.strip().casefold() != str(preview["confirmation"]).casefold():
        raise Refused(f"say what is discarded, as the preview does: {preview['confirmation']}", "confirm")


def word_of(actor: Actor) -> dict[str, str]:
    """Who decided, as the steps of decisions have it."""
    return {"by": actor.name, "by_subject": actor.subject}


def may_sign(drill: Drill, actor: Actor, roles: AbstractSet[str], now: datetime) -> None:
    """Sign-off is a second person's word. Raises ``NotNow`` and ``NotAllowed``."""
    if SIGNING_ROLE not in roles:
        raise NotAllowed(f"signing off takes the role {SIGNING_ROLE}; you have {', '.join(sorted(roles)) or 'none'}")
    if actor.may_be(drill.starter):
        raise NotAllowed("who started a drill can't sign it off: ask another DBA")
    must_wait(drill, "sign-off", now)


def may_promote(drill: Drill, roles: AbstractSet[str], now: datetime) -> None:
    """Promotion follows a sign-off. Raises ``NotNow`` and ``NotAllowed``."""
    if SIGNING_ROLE not in roles:
        raise NotAllowed(f"promoting takes the role {SIGNING_ROLE}; you have {', '.join(sorted(roles)) or 'none'}")
    if drill.kind != "restore":
        raise NotAllowed("a drill is never promoted: `p09 restore start` begins a restore that can be")
    if not drill.is_signed:
        raise NotAllowed(
            "nobody has signed it off: a restored database is promoted after a second person's sign-off alone"
        )
    must_wait(drill, "promotion", now)


def must_wait(drill: Drill, wait: Wait, now: datetime) -> None:
    """Raises ``NotNow``."""
    is_over = drill.expires_at is not None and now >= drill.expires_at
    if drill.status != WAITING[wait] or is_over:
        how = "has expired" if is_over and not drill.ended else f"is {drill.status}"
        raise NotNow(f"{drill.id} {how}: nobody waits for its {wait}")
