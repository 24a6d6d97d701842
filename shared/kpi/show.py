"""An evaluation as people and programs read it: numbers rounded for reading, moments as text, the why in a sentence."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from shared.kpi.availability import Availabilities
from shared.kpi.budget import Budget, BurnAlert
from shared.kpi.burn_down import BurnDown
from shared.kpi.decision import AnyDecision, CountDecision, Decision
from shared.kpi.evaluate import Evaluation
from shared.kpi.latency import Quantile
from shared.kpi.objectives import CountObjective, Objective
from shared.kpi.timeline import Span
from shared.kpi.view import (
    AvailabilitiesView,
    BudgetView,
    BurnAlertView,
    BurnDownView,
    DecidedView,
    DecisionView,
    EvaluationView,
    KpiView,
    MeasuredView,
    QuantileView,
    TargetView,
    ValueView,
    WindowView,
)
from shared.kpi.why import percent, target_text, why
from shared.platform.moments import stamp
from shared.runbook.fields import WindowName, duration_text
from shared.runbook.model import Runbook

_DIGITS: Final = 6


def evaluation_view(runbook: Runbook, evaluation: Evaluation) -> EvaluationView:
    return {
        "evaluated_at": stamp(evaluation.at),
        "silent": evaluation.silent,
        "kpis": [_kpi(runbook, decision) for decision in evaluation.every],
    }


def decided(decision: AnyDecision) -> DecidedView:
    """What a decision says of its KPI, without what the runbook says of it."""
    objective = decision.inputs.objective
    budget: BudgetView | None = None
    if isinstance(decision, Decision):
        budget = budget_view(decision.budget, decision.inputs.objective.budget_window)
    return {
        "verdict": decision.verdict,
        "target": target_view(objective),
        "value": value_view(decision),
        "budget": budget,
        "burn_alerts": burn_alerts(decision) if isinstance(decision, Decision) else [],
        "why": why(decision),
    }


def decision_view(decision: AnyDecision, changes: Iterable[str]) -> DecisionView:
    """A past decision in a list; ``changes`` are the events that it gave rise to."""
    measured = _of_count(decision) if isinstance(decision, CountDecision) else _of_requests(decision)
    return {
        "id": decision.id,
        "kpi": decision.inputs.objective.id,
        "at": stamp(decision.inputs.at),
        "verdict": decision.verdict,
        "value": value_view(decision),
        "samples": measured["samples"],
        "bad": measured["bad"],
        "why": why(decision),
        "changes": list(changes),
    }


def target_view(objective: Objective | CountObjective) -> TargetView:
    text = target_text(objective)
    if isinstance(objective, CountObjective):
        number = float(objective.maximum)
        return {"number": number, "unit": "incidents", "comparison": "at most", "milliseconds": None, "text": text}
    if objective.kind == "error_rate":
        number = float((1 - objective.target) * 100)
        return {"number": number, "unit": "percent", "comparison": "at most", "milliseconds": None, "text": text}
    return {
        "number": float(objective.target * 100),
        "unit": "percent",
        "comparison": "at least",
        "milliseconds": objective.within_ms,
        "text": text,
    }


def value_view(decision: AnyDecision) -> ValueView | None:
    """In the target's unit and sense: of an error rate the bad share, of the others the good one."""
    if isinstance(decision, CountDecision):
        count = decision.inputs.count
        return None if count is None else {"number": float(count), "unit": "incidents", "text": str(count)}
    if decision.value is None:
        return None
    share = decision.value if decision.inputs.objective.kind == "error_rate" else 1 - decision.value
    return {"number": round(float(share * 100), _DIGITS), "unit": "percent", "text": percent(share)}


def budget_view(budget: Budget, window: WindowName) -> BudgetView:
    return {
        "window": window_view(window, budget.span),
        "samples": budget.samples,
        "bad": budget.bad,
        "allowed": round(float(budget.allowed), _DIGITS),
        "consumed": _rounded(budget.consumed),
        "remaining": _rounded(budget.remaining),
        "judged": budget.judged,
        "exhausted": budget.exhausted,
    }


def burn_alerts(decision: Decision) -> list[BurnAlertView]:
    return [_burn_alert(alert) for alert in decision.alerts]


def burn_down_view(runbook: Runbook, decision: Decision, found: BurnDown) -> BurnDownView:
    """``decision`` is the one of the same moment."""
    objective = decision.inputs.objective
    return {
        "kpi": objective.id,
        "title": objective.title,
        "at": stamp(decision.inputs.at),
        "window": window_view(objective.budget_window, found.span),
        "target": target_view(objective),
        "points": [
            {
                "at": stamp(point.at),
                "samples": point.samples,
                "bad": point.bad,
                "remaining": _rounded(point.remaining),
            }
            for point in found.points
        ],
        "burn_rate": _rounded(found.burn_rate),
        "burn_rate_over": duration_text(runbook.burn_rates.forecast_over),
        "burn_alerts": burn_alerts(decision),
        "minimum_remaining": float(runbook.tasks.error_budget_review.minimum_remaining_percent / 100),
        "forecast": {
            "exhausted_at": stamp(found.forecast.exhausted_at) if found.forecast.exhausted_at else None,
            "assumption": found.forecast.assumption,
            "text": found.forecast.text,
        },
    }


def window_view(name: WindowName, span: Span) -> WindowView:
    return {"name": name, "start": stamp(span.start), "end": stamp(span.end)}


def _kpi(runbook: Runbook, decision: AnyDecision) -> KpiView:
    objective = decision.inputs.objective
    kpi = runbook.kpis.by_id()[objective.id]
    measured = _of_count(decision) if isinstance(decision, CountDecision) else _of_requests(decision)
    return {
        "id": objective.id,
        "kind": "incidents" if isinstance(objective, CountObjective) else objective.kind,
        "title": objective.title,
        "severity": kpi.severity,
        **decided(decision),
        **measured,
        "do": kpi.do,
        "review": kpi.review,
        "decision": decision.id,
    }


def _of_requests(decision: Decision) -> MeasuredView:
    measured = decision.inputs.window
    found = decision.availabilities
    return {
        "window": window_view(decision.inputs.objective.window, measured.span),
        "samples": decision.samples,
        "bad": decision.bad,
        "missing_slices": measured.missing,
        "excluded_slices": measured.excluded_slices,
        "excluded_minutes": measured.excluded_minutes,
        "availabilities": None if found is None else _availabilities(found),
        "quantile": None if decision.quantile is None else _quantile(decision.inputs.objective, decision.quantile),
    }


def _of_count(decision: CountDecision) -> MeasuredView:
    count = decision.inputs.count or 0
    return {
        "window": window_view(decision.inputs.objective.window, decision.inputs.window),
        "samples": count,
        "bad": count,
        "missing_slices": 0,
        "excluded_slices": 0,
        "excluded_minutes": 0,
        "availabilities": None,
        "quantile": None,
    }


def _availabilities(found: Availabilities) -> AvailabilitiesView:
    return {
        "request": _rounded(found.request),
        "time_slice": _rounded(found.time_slice),
        "slices": found.slices,
        "bad_slices": found.bad_slices,
        "missing_slices": found.missing_slices,
        "probe": _rounded(found.probe),
        "probe_runs": found.probe_runs,
        "probes_skipped": found.probes_skipped,
        "probe_verdict": found.probe_verdict,
    }


def _quantile(objective: Objective, quantile: Quantile) -> QuantileView:
    return {
        "percentile": float(objective.target * 100),
        "milliseconds": round(float(quantile.milliseconds), 1),
        "lower": quantile.lower,
        "upper": quantile.upper,
    }


def _burn_alert(alert: BurnAlert) -> BurnAlertView:
    return {
        "pair": alert.pair.name,
        "severity": alert.pair.severity,
        "factor": float(alert.pair.factor),
        "long": duration_text(alert.pair.long),
        "short": duration_text(alert.pair.short),
        "long_rate": _rounded(alert.long),
        "short_rate": _rounded(alert.short),
        "judged": alert.judged,
        "firing": alert.firing,
    }


def _rounded(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), _DIGITS)
