"""Drills and restores: started, followed step by step, signed off by a second person, promoted, ended."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from functions.api.services import Services, ServicesOf
from functions.api.trail import Trail, TrailOf
from shared.audit.chain import OPERATIONS
from shared.backups.drill import Kind
from shared.backups.view import DiscardPreview, DrillDetail, DrillList, DrillPlan, MarkList, Started
from shared.http.authorise import PersonOf
from shared.http.fields import Form, Moment, Reason
from shared.platform.failures import PostgresUnavailable
from shared.platform.refusals import NotNow, Refusal, Refused, Unknown

if TYPE_CHECKING:
    from shared.backups.drill import Drill, Wait
    from shared.identity.identity import Person

router = APIRouter(tags=["operations"])
DRILL: Final = Form(
    r"^(drill|restore|mark)-\d{8}T\d{6}Z(-[0-9a-f]{4}|-played)?$", "a drill's id, such as drill-20261125T040000Z-3f9a"
)
DrillId = Annotated[str, Path(), DRILL]
Cursor = Annotated[str, Form(r"^\d{8}T\d{6}Z#[a-z0-9TZ-]{1,40}$", "a next_cursor of this list")]
MARKS: Final = 50
WORDS: Final = {"sign-off": ("drill", "signed", "rejected"), "promotion": ("restore", "promoted", "discarded")}


class StartDrill(BaseModel):
    """``to`` is the moment to restore to: for a drill one that was marked (by default it marks one now), for a restore any
    within the point-in-time window (by default the latest)."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "drill"
    to: Moment | None = None
    reason: Reason


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    accept: bool
    note: Reason


class PromotionDecision(Decision):
    """``confirm`` is what the preview calls ``confirmation``: who promotes says what is discarded."""

    confirm: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class Abort(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


@router.get("/v1/drills", summary="Drills and restores, newest first")
async def list_drills(
    services: ServicesOf,
    person: PersonOf,
    cursor: Cursor | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DrillList:
    from shared.backups.show import drill_view

    found = services.drills.newest(before=cursor, limit=limit + 1)
    more = len(found) > limit
    following = services.drills.place(found[limit - 1].id) if more else None
    return {"drills": [drill_view(one, person.actor) for one in found[:limit]], "next_cursor": following}


@router.get("/v1/drills/marks", summary="Moments at which the database's content is known")
async def list_marks(services: ServicesOf) -> MarkList:
    from shared.backups.show import mark_view

    return {"marks": [mark_view(one) for one in services.drills.marks(limit=MARKS)]}


@router.get("/v1/drills/plan", summary="What a drill or restore would do; it does nothing")
async def plan_drill(services: ServicesOf, kind: Kind = "drill", to: Moment | None = None) -> DrillPlan:
    from shared.backups.show import plan_view

    latest = services.runs.latest("backup_verification", limit=1)
    marked = to is not None and services.drills.mark_at(to) is not None
    return plan_view(kind, to, latest[0] if latest else None, marked=marked)


@router.get("/v1/drills/{drill_id}", summary="One drill with its steps and their evidence")
async def one_drill(drill_id: DrillId, services: ServicesOf, person: PersonOf) -> DrillDetail:
    from shared.backups.show import drill_detail

    return drill_detail(_found(services, drill_id), services.drills.steps(drill_id), person.actor)


@router.get("/v1/drills/{drill_id}/preview", summary="What the promotion of a restore would discard")
async def preview_promotion(drill_id: DrillId, services: ServicesOf) -> DiscardPreview:
    """Computed once it was signed off; `POST` computes it again."""
    from shared.backups.show import preview_view

    _found(services, drill_id)
    found = _preview(services, drill_id)
    if found is None:
        raise NotNow(f"{drill_id} has no preview: it is computed once a restore was signed off")
    return preview_view(found)


@router.post(
    "/v1/drills/{drill_id}/preview",
    status_code=HTTPStatus.ACCEPTED,
    summary="Compute again what the promotion of a restore would discard",
)
async def preview_again(drill_id: DrillId, services: ServicesOf, person: PersonOf) -> Started:
    """While it waits for its promotion."""
    from shared.backups.drill import must_wait, word_of

    must_wait(_found(services, drill_id), "promotion", datetime.now(UTC))
    token = services.drills.token(drill_id, "promotion")
    output = {"decision": "preview", **word_of(person.actor), "note": "computed again"}
    services.workflow("SendTaskSuccess", {"taskToken": token, "output": json.dumps(output)})
    return {"id": drill_id, "status": "running"}


@router.post("/v1/drills", status_code=HTTPStatus.ACCEPTED, summary="Start a drill or restore")
async def start_drill(asked: StartDrill, services: ServicesOf, person: PersonOf, trail: TrailOf) -> Started:
    """Its answer names it; `GET /v1/drills/{drill_id}` follows it."""
    now = datetime.now(UTC)
    if asked.to is not None:
        _must_be_restorable(services, asked.to, now)
    to = asked.to.astimezone(UTC).replace(microsecond=0) if asked.to and asked.kind != "restore" else asked.to
    if asked.kind == "drill" and to is not None and services.drills.mark_at(to) is None:
        detail = (
            f"to: nobody knows what the database held at {to.isoformat()}. GET /v1/drills/marks lists moments at which it is "
            "known; leave it out to mark one now, or start a restore, which goes to any moment"
        )
        raise Refused(detail, "to")
    drill = f"{asked.kind}-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    content = {
        "id": drill, "kind": asked.kind, "reason": asked.reason, "to": to.isoformat() if to else None,
        "started_by": person.actor.name, "started_by_subject": person.actor.subject,
    }  # fmt: skip
    services.workflow(
        "StartExecution",
        {"stateMachineArn": services.settings.restore_workflow_arn, "name": drill, "input": json.dumps(content)},
    )
    _note(services, trail, f"{asked.kind} started", drill, reason=asked.reason)
    return {"id": drill, "status": "running"}


@router.post("/v1/drills/{drill_id}/sign-off", summary="Sign a drill off, or reject it")
async def sign_off(
    drill_id: DrillId, decision: Decision, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> Started:
    """By a person with the role P09-DBA who did not start it, as long as it waits."""
    from shared.backups.drill import may_sign

    found = _found(services, drill_id)
    with _kept_refusals(services, trail, found, person, "sign-off"):
        may_sign(found, person.actor, person.roles, datetime.now(UTC))
    return _decide(services, trail, found, person, "sign-off", decision)


@router.post(
    "/v1/drills/{drill_id}/staging",
    status_code=HTTPStatus.ACCEPTED,
    summary="Point staging to a restored database",
)
async def point_staging(drill_id: DrillId, services: ServicesOf, person: PersonOf, trail: TrailOf) -> Started:
    """While a restore waits for its sign-off. The database is closed to writers, and staging, a second `api` and `query`, answers
    from it until it is signed off, rejected, aborted or expired; then it points back by itself. `GET /v1/drills/{drill_id}` has
    its address.
    """
    from shared.backups.drill import must_wait, word_of
    from shared.backups.staging import may_point

    found = _found(services, drill_id)
    may_point(found)
    must_wait(found, "sign-off", datetime.now(UTC))
    token = services.drills.token(drill_id, "sign-off")
    output = {"decision": "staging", **word_of(person.actor), "note": "staging is pointed to it"}
    services.workflow("SendTaskSuccess", {"taskToken": token, "output": json.dumps(output)})
    _note(services, trail, "staging pointed", drill_id, reason="to validate the restored database")
    return {"id": drill_id, "status": "running"}


@router.post("/v1/drills/{drill_id}/promote", summary="Put a restored database into its place")
async def promote(
    drill_id: DrillId, decision: PromotionDecision, services: ServicesOf, person: PersonOf, trail: TrailOf
) -> Started:
    """After the sign-off, with what it discards confirmed in the words of its preview; or discard it: then it is destroyed."""
    from shared.backups.drill import may_promote, must_confirm

    found = _found(services, drill_id)
    with _kept_refusals(services, trail, found, person, "promotion"):
        may_promote(found, person.roles, datetime.now(UTC))
        if decision.accept:
            must_confirm(_preview(services, drill_id), decision.confirm)
    return _decide(services, trail, found, person, "promotion", decision)


@router.post("/v1/drills/{drill_id}/abort", summary="End a drill: its database is destroyed")
async def abort(drill_id: DrillId, asked: Abort, services: ServicesOf, person: PersonOf, trail: TrailOf) -> Started:
    found = _found(services, drill_id)
    if found.ended:
        raise NotNow(f"{drill_id} is {found.status}: there is nothing to end")
    services.drills.update(drill_id, abort_by=person.actor.name)
    waits: tuple[Wait, ...] = ("sign-off", "promotion")
    for wait in waits:
        if found.status == f"waiting for {wait}" and (token := services.drills.token(drill_id, wait)):
            cause = f"aborted by {person.actor.name}: {asked.reason}"
            services.workflow("SendTaskFailure", {"taskToken": token, "error": "Aborted", "cause": cause})
    _note(services, trail, "drill aborted", drill_id, reason=asked.reason)
    return {"id": drill_id, "status": "aborting"}


def _must_be_restorable(services: Services, to: datetime, now: datetime) -> None:
    """What can be known of it before anything begins."""
    if to > now:
        raise Refused(f"{to.isoformat()} lies in the future: leave it out for the latest moment", "to")
    latest = services.runs.latest("backup_verification", limit=1)
    finding = latest[0].finding if latest else None
    window = finding.measured.get("point_in_time") if finding else None
    if window and to < datetime.fromisoformat(window["earliest"]):
        raise Refused(
            f"the earliest moment that can be restored is {window['earliest']}; {to.isoformat()} lies before it", "to"
        )


def _preview(services: Services, drill_id: str) -> dict[str, Any] | None:
    from shared.backups.promotion import PREVIEW

    step = services.drills.step(drill_id, PREVIEW)
    return dict(step.result) if step and step.result else None


def _decide(
    services: Services, trail: Trail, drill: "Drill", person: "Person", wait: "Wait", decision: Decision
) -> Started:
    """The workflow goes on with what somebody who may has decided."""
    from shared.backups.drill import word_of

    token = services.drills.token(drill.id, wait)
    if token is None:
        raise NotNow(f"nobody waits for the {wait} of {drill.id}")
    what, accepted, refused = WORDS[wait]
    word = accepted if decision.accept else refused
    output = {"decision": word, **word_of(person.actor), "note": decision.note}
    services.workflow("SendTaskSuccess", {"taskToken": token, "output": json.dumps(output)})
    _note(services, trail, f"{what} {word}", drill.id, reason=decision.note)
    return {"id": drill.id, "status": word}


@contextmanager
def _kept_refusals(services: Services, trail: Trail, drill: "Drill", person: "Person", what: str) -> Iterator[None]:
    """A decision that is refused leaves its trace: that it was tried is kept."""
    try:
        yield
    except Refusal as error:
        services.drills.note_refusal(drill.id, datetime.now(UTC), person.actor, str(error))
        _note(services, trail, f"{what} refused", drill.id, reason=str(error))
        raise


def _note(services: Services, trail: Trail, action: str, drill: str, *, reason: str) -> None:
    """Into the audit trail; while PostgreSQL, which keeps it, is down, the drill's own record has to do."""
    with suppress(PostgresUnavailable), services.database.transaction([OPERATIONS]) as connection:
        trail.write(connection, OPERATIONS, action, drill, reason=reason)


def _found(services: Services, drill_id: str) -> "Drill":
    found = services.drills.get(drill_id)
    if found is None:
        raise Unknown(f"there is no {drill_id} (yet): GET /v1/drills lists those that there are")
    return found
