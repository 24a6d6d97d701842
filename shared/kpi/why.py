"""Why, in one plain sentence that a person without the runbook at hand understands."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from shared.kpi.decision import AnyDecision, CountDecision, Decision
from shared.kpi.measure import Measurement
from shared.kpi.objectives import CountObjective, Objective
from shared.kpi.timeline import MINUTE, Span
from shared.kpi.verdict import Verdict
from shared.platform.moments import duration

_DAY: Final = timedelta(days=1)
_TINY: Final = Fraction(1, 1000)


def why(decision: AnyDecision) -> str:
    if isinstance(decision, CountDecision):
        return _why_count(decision)
    return _why_share(decision)


def why_exhausted(decision: AnyDecision) -> str:
    """What used the budget up."""
    title = decision.inputs.objective.title
    if isinstance(decision, CountDecision):
        return f"{title}: {decision.inputs.count} of {decision.inputs.objective.maximum} happened; no more may."
    budget = decision.budget
    return (
        f"{title}: the error budget since {_date(budget.span.start)} {budget.span.start:%H:%M} UTC is spent; "
        f"{budget.bad:,} of {budget.samples:,} requests were bad, {float(budget.allowed):,.1f} were allowed."
    )


def target_text(objective: Objective | CountObjective) -> str:
    """The promise, as the runbook words it."""
    if isinstance(objective, CountObjective):
        return f"at most {objective.maximum} per {objective.window.removeprefix('calendar ')}"
    match objective.kind:
        case "availability":
            return f"{percent(objective.target)} of requests without a 5xx per {objective.window}"
        case "latency":
            return f"{percent(objective.target)} of requests within {objective.within_ms} ms per {objective.window}"
        case "long_latency":
            return f"{percent(objective.target)} of requests of long routes within {objective.within_ms} ms per {objective.window}"
        case "error_rate":
            return f"at most {percent(1 - objective.target)} of requests with a 5xx per {objective.window}"


def percent(share: Fraction) -> str:
    """With as many decimals as it takes to be exact, up to eight; else four, or eight if it is tiny."""
    value = share * 100
    texts = (f"{float(value):.{places}f}" for places in range(9))
    rounded = f"{float(value):.4f}" if abs(value) >= _TINY else f"{float(value):.8f}"
    return f"{next((text for text in texts if Fraction(text) == value), rounded)}%"


def _why_share(decision: Decision) -> str:
    objective, measured = decision.inputs.objective, decision.inputs.window
    place = f"between {_between(measured.span)}"
    match decision.verdict:
        case Verdict.NO_DATA:
            said = f"No data: not one of the {measured.missing} slices {place} was measured"
        case Verdict.INSUFFICIENT_DATA:
            said = (
                f"Insufficient data: {decision.samples:,} requests were measured {place}, "
                f"fewer than the {objective.minimum_samples:,} that a verdict needs"
            )
        case _:
            said = f"{_judged(decision)} {place}"
    return f"{said}{_left_out(measured, objective)}."


def _judged(decision: Decision) -> str:
    objective = decision.inputs.objective
    value = decision.value or Fraction(0)
    verdict = "Met" if decision.verdict is Verdict.MET else "Breached"
    relation = "no more than" if decision.verdict is Verdict.MET else "more than"
    fault = "failed with a 5xx" if objective.within_ms is None else f"took longer than {objective.within_ms} ms"
    said = (
        f"{verdict}: {decision.bad:,} of {decision.samples:,} requests {fault}, {percent(value)}, "
        f"{relation} the {percent(1 - objective.target)} allowed"
    )
    if (quantile := decision.quantile) is None:
        return said
    name = f"p{percent(objective.target).removesuffix('%')}"
    if quantile.upper is None:
        return f"{said} ({name} lies above {quantile.lower:,} ms)"
    bucket = f"interpolated between {quantile.lower:,} and {quantile.upper:,} ms"
    return f"{said} ({name} is about {float(quantile.milliseconds):.0f} ms, {bucket})"


def _left_out(measured: Measurement, objective: Objective) -> str:
    notes = []
    if measured.missing and measured.counts.slices:
        notes.append(f"{duration(measured.missing * objective.slice_length)} were not measured")
    if measured.excluded_minutes:
        notes.append(f"{duration(measured.excluded_minutes * MINUTE)} of planned maintenance do not count")
    return f"; {' and '.join(notes)}" if notes else ""


def _why_count(decision: CountDecision) -> str:
    inputs = decision.inputs
    place = f"between {_between(inputs.window)}"
    if inputs.count is None:
        return f"No data: the number of customer-impacting incidents {place} is not known."
    verdict, relation = ("Met", "no more than") if decision.verdict is Verdict.MET else ("Breached", "more than")
    noun = "incident" if inputs.count == 1 else "incidents"
    return f"{verdict}: {inputs.count} customer-impacting {noun} {place}, {relation} the {inputs.objective.maximum} allowed."


def _between(span: Span) -> str:
    if span.length <= _DAY and span.start.date() == span.end.date():
        return f"{span.start:%H:%M} and {span.end:%H:%M} UTC on {_date(span.start)}"
    return f"{_date(span.start)} {span.start:%H:%M} and {_date(span.end)} {span.end:%H:%M} UTC"


def _date(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
