"""What changed since the last evaluation: each change is told exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.kpi.decision import AnyDecision, Decision
from shared.kpi.evaluate import Evaluation
from shared.kpi.verdict import Verdict
from shared.kpi.why import why, why_exhausted
from shared.platform.moments import duration


class ChangeKind(StrEnum):
    BREACHED = "KpiBreached"
    RECOVERED = "KpiRecovered"
    EXHAUSTED = "BudgetExhausted"
    SILENT = "KpiDataMissing"
    HEARD = "KpiDataReturned"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What was last told of a KPI. ``period`` is the start of its calendar window, None if its window rolls."""

    breached: bool = False
    exhausted: bool = False
    period: datetime | None = None
    budget_period: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Standings:
    """What was last told of everything. ``at`` lets an evaluation that comes late or twice change nothing."""

    kpis: Mapping[str, Standing] = field(default_factory=dict)
    silent: bool = False
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """``decision`` is the id of the record that proves it, None for data that is missing or back."""

    kind: ChangeKind
    kpi: str | None
    decision: str | None
    at: datetime
    why: str


def changes(before: Standings, evaluation: Evaluation) -> tuple[Standings, tuple[Change, ...]]:
    """What to tell now, and what has been told then.

    A verdict that does not judge changes nothing: silence is no recovery. A calendar window that begins anew
    while breached is told again when it is breached itself.
    """
    if before.at is not None and evaluation.at <= before.at:
        return before, ()
    told: list[Change] = []
    kpis = dict(before.kpis)
    for decision in evaluation.every:
        name = decision.inputs.objective.id
        kpis[name], kinds = _step(before.kpis.get(name, Standing()), decision)
        told += [
            Change(kind=kind, kpi=name, decision=decision.id, at=evaluation.at, why=_why(kind, decision))
            for kind in kinds
        ]
    silent = _silent(before, evaluation)
    told += _silence(before, evaluation, silent=silent)
    return Standings(kpis=kpis, silent=silent, at=evaluation.at), tuple(told)


def _step(before: Standing, decision: AnyDecision) -> tuple[Standing, list[ChangeKind]]:
    kinds = []
    breached, period = before.breached, before.period
    if decision.verdict.judges:
        breached, period = decision.verdict is Verdict.BREACHED, _period(decision)
        if breached and not (before.breached and period == before.period):
            kinds.append(ChangeKind.BREACHED)
        if before.breached and not breached:
            kinds.append(ChangeKind.RECOVERED)
    exhausted, budget_period = before.exhausted, before.budget_period
    if _budget_judged(decision):
        exhausted, budget_period = _exhausted(decision), _budget_period(decision)
        if exhausted and not (before.exhausted and budget_period == before.budget_period):
            kinds.append(ChangeKind.EXHAUSTED)
    return Standing(breached=breached, exhausted=exhausted, period=period, budget_period=budget_period), kinds


def _why(kind: ChangeKind, decision: AnyDecision) -> str:
    return why_exhausted(decision) if kind is ChangeKind.EXHAUSTED else why(decision)


def _silent(before: Standings, evaluation: Evaluation) -> bool:
    """Who was not there all the time can't say that nobody spoke: at the first evaluation, and after our own outage."""
    watched = before.at is not None and evaluation.at - before.at <= evaluation.recent.span.length
    return evaluation.silent and (watched or before.silent)


def _silence(before: Standings, evaluation: Evaluation, *, silent: bool) -> list[Change]:
    if silent == before.silent:
        return []
    kind = ChangeKind.SILENT if silent else ChangeKind.HEARD
    length = duration(evaluation.recent.span.length)
    said = f"No request of the last {length} was measured." if silent else "Requests are measured again."
    return [Change(kind=kind, kpi=None, decision=None, at=evaluation.at, why=said)]


def _period(decision: AnyDecision) -> datetime | None:
    if decision.inputs.objective.window == "rolling hour":
        return None
    return decision.inputs.window.span.start if isinstance(decision, Decision) else decision.inputs.window.start


def _budget_judged(decision: AnyDecision) -> bool:
    """The budget of an hour is no budget to plan with: its breach says it already."""
    if not isinstance(decision, Decision):
        return decision.consumed is not None
    return decision.budget.judged and decision.inputs.objective.budget_window != "rolling hour"


def _exhausted(decision: AnyDecision) -> bool:
    return decision.budget.exhausted if isinstance(decision, Decision) else decision.exhausted


def _budget_period(decision: AnyDecision) -> datetime:
    return (decision.inputs.budget.span if isinstance(decision, Decision) else decision.inputs.window).start
