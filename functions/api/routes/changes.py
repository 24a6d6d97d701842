"""Changes on their way to production, with their gates, approvals and story; from the operations table alone."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from functions.api.change_desk import desk, reported
from functions.api.services import Services, ServicesOf
from shared.changes.gates import Overridable
from shared.changes.view import ChangeList, ChangeView, DoraView
from shared.http.authorise import OperatorOf, PersonOf
from shared.http.fields import Form, Label, Moment, Reason, Title

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.changes.changes import Changes
    from shared.changes.model import Change
    from shared.changes.waits import Waiting
    from shared.identity.identity import Person, Pipeline

router = APIRouter(tags=["operations"])

CHANGE: Final = Form(r"^CHG-\d{8}T\d{6}Z-[0-9a-f]{6}$", "a change's id, such as CHG-20261124T120000Z-0a1b2c")
ChangeId = Annotated[str, Path(), CHANGE]
Commit = Annotated[str, Form("^[0-9a-f]{40}$", "a commit's whole id, 40 characters of 0-9 and a-f")]
Digest = Annotated[str, Form("^[0-9a-f]{64}$", "a SHA-256 digest, 64 characters of 0-9 and a-f")]
Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=320),
    Form(r"^[^\x00-\x20\x7f@]+@[^\x00-\x20\x7f@]+$", "a mail address, such as ada@example.com"),
]
Committers = Annotated[tuple[Address, ...], Field(max_length=50)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Measured = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class NewChange(BaseModel):
    """``impact`` is announced ahead of time; ``digest`` is the artefact's SHA-256; ``committed_at`` is when its oldest commit
    was made, from which lead time counts; ``migrations_compatible`` is what `make check` says of its migrations.
    ``committers`` are the mail addresses of who wrote its commits: they don't approve it.
    A ``demo`` shows the way to production: no pipeline deploys it, and no figure counts it."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    impact: Reason
    commit: Commit
    digest: Digest
    committed_at: Moment
    planned_for: Moment
    migrations_compatible: bool = True
    committers: Committers = ()
    demo: bool = False


class Amendment(BaseModel):
    """Another artefact: it is proved and approved anew. ``committers`` join those of the one before."""

    model_config = ConfigDict(extra="forbid")

    commit: Commit
    digest: Digest
    committers: Committers = ()


class RunOfPipeline(BaseModel):
    """The pipeline's run in which a step was made, and where it is shown."""

    model_config = ConfigDict(extra="forbid")

    id: Label
    url: Annotated[str, StringConstraints(max_length=500), Form("^(https?://[^\\s]+)?$", "an address, https://…")] = ""


class CheckFound(BaseModel):
    """One check of a smoke test, as smoke-tests.sh reports it."""

    model_config = ConfigDict(extra="forbid")

    check: Label
    result: Literal["passed", "failed", "unconfigured", "unknown"]
    why: Reason
    milliseconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class LoadFigures(BaseModel):
    """Of requests; times in milliseconds."""

    model_config = ConfigDict(extra="forbid")

    requests: Count
    failed: Count
    p50: Measured
    p95: Measured
    p99: Measured

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        if self.failed > self.requests:
            raise PydanticCustomError("figures", "can't have more failed requests than requests")
        return self


class LoadFound(BaseModel):
    """A load snapshot, as performance-tests.sh reports it."""

    model_config = ConfigDict(extra="forbid")

    address: Annotated[str, StringConstraints(max_length=300), Form("^https?://[^\\s]+$", "an address, https://…")]
    at: Moment
    per_second: Annotated[int, Field(ge=1, le=1000)]
    seconds: Annotated[int, Field(ge=1, le=3600)]
    all: LoadFigures
    kinds: Annotated[dict[Label, LoadFigures], Field(max_length=20)]
    throughput: Measured
    problems: Annotated[dict[Reason, Count], Field(max_length=100)] = {}


class StepReport(BaseModel):
    """What a step found, on the artefact of ``digest``, in a run of the pipeline. ``passed`` and ``why`` are how it ended there. A
    smoke test passes by its ``checks``, a load snapshot by its ``snapshot`` and a verification by its checks: P09 judges them."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["staged", "smoke", "load_snapshot", "verified"]
    digest: Digest
    passed: bool
    why: Reason
    run: RunOfPipeline
    checks: Annotated[list[CheckFound], Field(max_length=50)] = []
    snapshot: LoadFound | None = None


class Promotion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    digest: Digest


class OverrideRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    gates: Annotated[list[Overridable], Field(min_length=1, max_length=4)]
    reason: Reason


class Because(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


@router.get("/v1/changes", summary="Changes, newest first, and what keeps them")
async def list_changes(
    services: ServicesOf,
    person: OperatorOf,
    state: Annotated[
        Literal["open"] | None, Query(description="`open` are those under way that were planned in the last 60 days.")
    ] = None,
    cursor: Annotated[Annotated[str, CHANGE] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ChangeList:
    changes = desk(services, person)
    newest = changes.under_way if state == "open" else services.changes.newest
    found = newest(before=cursor, limit=limit + 1)
    waits = services.promotion_waits.get_many(change.id for change in found[:limit])
    views = [_shown(changes, changes.by_clock(change), waits.get(change.id)) for change in found[:limit]]
    return {"changes": views, "next_cursor": found[limit - 1].id if len(found) > limit else None}


@router.post("/v1/changes", status_code=HTTPStatus.CREATED, summary="Plan a change; it is announced")
async def plan_change(new: NewChange, services: ServicesOf, person: OperatorOf) -> ChangeView:
    """The same artefact again is not planned twice: the answer is the change that exists."""
    from shared.changes.model import Plan

    return _after(services, person, lambda changes: changes.plan(Plan(**new.model_dump())))


@router.get("/v1/delivery", summary="The four figures of DORA over the last days")
async def delivery(services: ServicesOf, days: Annotated[int, Query(ge=1, le=366)] = 30) -> DoraView:
    from shared.changes.show import dora_view
    from shared.changes.store import WAITED

    end = datetime.now(UTC)
    start = end - timedelta(days=days)
    return dora_view(services.changes.planned_between(start - WAITED, end), start, end)


@router.get("/v1/changes/{change_id}", summary="One change, its gates and its story")
async def one_change(change_id: ChangeId, services: ServicesOf, person: OperatorOf) -> ChangeView:
    return _after(services, person, lambda changes: changes.look(change_id))


@router.post("/v1/changes/{change_id}/artefact", summary="Another artefact: it starts anew")
async def amend_change(
    change_id: ChangeId, amendment: Amendment, services: ServicesOf, person: OperatorOf
) -> ChangeView:
    return _after(services, person, lambda changes: changes.amend(change_id, **amendment.model_dump()))


@router.post("/v1/changes/{change_id}/steps", summary="Report what a step has found")
async def report_step(change_id: ChangeId, report: StepReport, services: ServicesOf, person: OperatorOf) -> ChangeView:
    """By the pipeline alone. The same report again changes nothing."""
    return _after(services, person, lambda changes: reported(services, changes, change_id, report.model_dump()))


@router.post("/v1/changes/{change_id}/approve", summary="Approve somebody else's change")
async def approve_change(change_id: ChangeId, services: ServicesOf, person: PersonOf) -> ChangeView:
    return _after(services, person, lambda changes: changes.approve(change_id))


@router.post("/v1/changes/{change_id}/reject", summary="It will not go to production")
async def reject_change(change_id: ChangeId, because: Because, services: ServicesOf, person: PersonOf) -> ChangeView:
    return _after(services, person, lambda changes: changes.reject(change_id, because.reason))


@router.post("/v1/changes/{change_id}/override", summary="Ask to pass closed gates")
async def ask_override(
    change_id: ChangeId, asked: OverrideRequest, services: ServicesOf, person: PersonOf
) -> ChangeView:
    return _after(services, person, lambda changes: changes.ask_override(change_id, tuple(asked.gates), asked.reason))


@router.post(
    "/v1/changes/{change_id}/override/second",
    summary="Agree to an override, as a second person",
)
async def second_override(change_id: ChangeId, services: ServicesOf, person: PersonOf) -> ChangeView:
    return _after(services, person, lambda changes: changes.second_override(change_id))


@router.post("/v1/changes/{change_id}/promote", summary="Let it go to production, once")
async def promote_change(
    change_id: ChangeId, promotion: Promotion, services: ServicesOf, person: OperatorOf
) -> ChangeView:
    """Asked immediately before: the gates and the approval are looked at again."""
    return _after(services, person, lambda changes: changes.promote(change_id, promotion.digest))


@router.post("/v1/changes/{change_id}/roll-back", summary="Say that it was rolled back")
async def roll_back_change(
    change_id: ChangeId, because: Because, services: ServicesOf, person: OperatorOf
) -> ChangeView:
    return _after(services, person, lambda changes: changes.roll_back(change_id, because.reason))


def _after(services: Services, person: "Person | Pipeline", act: "Callable[[Changes], Change]") -> ChangeView:
    """Do something with a change; the answer is how it stands then."""
    changes = desk(services, person)
    change = act(changes)
    return _shown(changes, change, services.promotion_waits.get(change.id))


def _shown(changes: "Changes", change: "Change", waiting: "Waiting | None") -> ChangeView:
    from shared.changes.show import change_view

    return change_view(change, () if change.is_over else changes.gates(change), waiting, changes.by)
