"""KPIs: verdicts, budgets, decisions and their replay, from the operations table alone.

They answer while PostgreSQL and Valkey are down, which is when they are asked for.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from functions.api.services import Services, ServicesOf
from shared.http.fields import Form
from shared.kpi.view import BurnDownView, DecisionList, EvaluationView, KpiList, ReplayView, WhatIfView
from shared.platform.refusals import Refused, Unknown, quoted

if TYPE_CHECKING:
    from shared.kpi.store import StoredDecision

router = APIRouter(tags=["operations"])

KpiId = Literal["availability", "latency", "error_rate", "long_latency", "incidents"]
Budgeted = Literal["availability", "latency", "error_rate", "long_latency"]
MOMENT: Final = Form(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", "a moment, such as 2026-11-23T12:05:00Z")
DECISION: Final = Form(
    r"^(availability|latency|error_rate|long_latency|incidents)-\d{8}T\d{6}Z$",
    "a decision's id, such as latency-20261123T120500Z",
)
STALE_AFTER: Final = timedelta(minutes=15)
NONE_YET: Final[EvaluationView] = {"evaluated_at": None, "silent": False, "kpis": []}


@router.get("/v1/kpis", response_model=KpiList, summary="Verdict, value and budget of every KPI, and why")
async def kpis(services: ServicesOf) -> JSONResponse:
    # An evaluation that an earlier release has stored is answered as it is, whatever it lacks: until the next, minutes later.
    latest = services.kpis.latest() or NONE_YET
    shown: KpiList = {**latest, "stale": _is_stale(latest["evaluated_at"])}
    return JSONResponse(shown)


@router.get("/v1/kpis/{kpi_id}/burndown", summary="What is left of an error budget")
async def burn_down(kpi_id: Budgeted, services: ServicesOf) -> BurnDownView:
    """As of the last evaluation: a point a day, one an hour of the current day, and when the budget will be gone."""
    # The runbook's model and the arithmetic: who only posts events does not wait for their import.
    from shared.kpi.objectives import objectives
    from shared.kpi.read_burn_down import read_burn_down
    from shared.kpi.show import burn_down_view
    from shared.kpi.timeline import looked_back
    from shared.runbook.load import the_runbook
    from shared.together.maintenances import exclusions

    runbook = the_runbook()
    objective = next(one for one in objectives(runbook) if one.id == kpi_id)
    at = _evaluated_at(services)
    planned = exclusions(services.calendar, looked_back(at))
    decision, found = read_burn_down(runbook, services.kpis, planned, objective, at)
    return burn_down_view(runbook, decision, found)


@router.get("/v1/kpis/{kpi_id}/decisions", summary="Past decisions, newest first")
async def decisions(
    kpi_id: KpiId,
    services: ServicesOf,
    cursor: Annotated[Annotated[str, MOMENT] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DecisionList:
    from shared.kpi.record import replay as decide_again
    from shared.kpi.show import decision_view
    from shared.platform.moments import stamp

    before = _moment("cursor", cursor) if cursor else None
    found = services.kpis.decisions(kpi_id, before=before, limit=limit + 1)
    more = len(found) > limit
    views = [decision_view(decide_again(one.record), one.changes) for one in found[:limit]]
    return {"decisions": views, "next_cursor": stamp(found[limit - 1].at) if more else None}


@router.get("/v1/decisions/{decision_id}/replay", summary="Decide again, from stored inputs")
async def replay(decision_id: Annotated[str, Path(), DECISION], services: ServicesOf) -> ReplayView:
    import json

    from shared.kpi.record import outcome
    from shared.kpi.record import replay as decide_again

    stored = _stored(services, decision_id)
    record = json.loads(stored.record)
    replayed = outcome(decide_again(stored.record))
    return {
        "decision": decision_id,
        "same": replayed == record["outcome"],
        "stored": record["outcome"],
        "replayed": replayed,
        "inputs": record["inputs"],
    }


@router.get("/v1/kpis/{kpi_id}/what-if", summary="The last decision under another target")
async def what_if(
    kpi_id: KpiId,
    services: ServicesOf,
    target: Annotated[
        float | None, Query(ge=0.0001, le=1000, description="In the unit of the KPI's own target.")
    ] = None,
    within_ms: Annotated[int | None, Query(gt=0, le=1_000_000, description="Another limit of a latency.")] = None,
) -> WhatIfView:
    from shared.kpi.record import replay as decide_again
    from shared.kpi.show import decided
    from shared.kpi.suppose import suppose
    from shared.platform.moments import stamp

    at = _evaluated_at(services)
    stored = services.kpis.decision(kpi_id, at)
    if stored is None:
        raise Unknown(f"there is no decision on {kpi_id} of {stamp(at)}")
    actual = decide_again(stored.record)
    supposed = suppose(actual, target=target, within_ms=within_ms)
    return {"kpi": kpi_id, "at": stamp(at), "actual": decided(actual), "supposed": decided(supposed)}


def _stored(services: Services, decision_id: str) -> "StoredDecision":
    kpi, _, text = decision_id.rpartition("-")
    try:
        at = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        at = None
    found = services.kpis.decision(kpi, at) if at else None
    if found is None:
        detail = f"there is no decision {decision_id}: GET /v1/kpis/{kpi}/decisions lists them"
        raise Unknown(detail)
    return found


def _evaluated_at(services: Services) -> datetime:
    latest = services.kpis.latest()
    if latest is None:
        detail = "nothing has been evaluated yet: the first evaluation comes within five minutes of a deployment"
        raise Unknown(detail)
    return _moment("evaluated_at", str(latest["evaluated_at"]))


def _moment(parameter: str, text: str) -> datetime:
    from shared.platform.moments import moment

    try:
        return moment(text)
    except ValueError as error:
        raise Refused(f"{parameter}: {quoted(text)} is not a moment", parameter=parameter) from error


def _is_stale(evaluated_at: str | None) -> bool:
    return evaluated_at is None or datetime.now(UTC) - datetime.fromisoformat(evaluated_at) > STALE_AFTER
