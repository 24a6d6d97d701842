"""The alerts that the runbook asks for, by name: what they mean and what to do, for every system that raises them."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from shared.kpi.objectives import BurnPair, Objective, objectives
from shared.kpi.why import percent, target_text
from shared.platform.moments import duration
from shared.runbook.fields import Severity, duration_text
from shared.runbook.model import Runbook


@dataclass(frozen=True, kw_only=True)
class Alert:
    """``description`` says what happened and what to do; ``url`` leads to its heading in the runbook."""

    name: str
    severity: Severity
    title: str
    happened: str
    do: str
    url: str

    @property
    def description(self) -> str:
        return f"{self.happened} {self.do}"


@dataclass(frozen=True, kw_only=True)
class BurnAlert(Alert):
    objective: Objective
    pair: BurnPair


@dataclass(frozen=True, kw_only=True)
class TargetAlert(Alert):
    """The target of a rolling hour is missed. Those of calendar windows are judged by the evaluator alone."""

    objective: Objective


def burn_alerts(runbook: Runbook) -> Iterator[BurnAlert]:
    for objective in objectives(runbook):
        kpi = runbook.kpis.by_id()[objective.id]
        for pair, source in zip(objective.pairs, runbook.burn_rates.pairs, strict=False):
            limit = percent(pair.factor * (1 - objective.target))
            yield BurnAlert(
                name=f"P09{_camel(objective.id)}Burn{_camel(pair.name)}",
                severity=pair.severity,
                title=f"{objective.title}: the error budget burns too fast ({pair.name})",
                happened=f"{_bad(objective)}: more than {limit} of requests over {duration_text(pair.long)} and over "
                f"{duration_text(pair.short)}, {number(pair.factor)} times what the budget allows; "
                f"{percent(source.budget_percent / 100)} of the budget of {duration(runbook.burn_rates.period)} is spent.",
                do=kpi.do,
                url=_url(runbook, objective.id),
                objective=objective,
                pair=pair,
            )


def target_alerts(runbook: Runbook) -> Iterator[TargetAlert]:
    for objective in objectives(runbook):
        if objective.window != "rolling hour":
            continue
        kpi = runbook.kpis.by_id()[objective.id]
        yield TargetAlert(
            name=f"P09{_camel(objective.id)}AboveTarget",
            severity=kpi.severity,
            title=f"{objective.title}: the target of the rolling hour is missed",
            happened=f"{_bad(objective)}: more than {percent(1 - objective.target)} of the last hour's requests. "
            f"The target is {target_text(objective)}.",
            do=kpi.do,
            url=_url(runbook, objective.id),
            objective=objective,
        )


def further_alert(runbook: Runbook, name: str) -> Alert:
    alert = getattr(runbook.alerts, name)
    limits = {
        "no_data": lambda: f"No request was counted for {duration(alert.after)}.",
        "api_down": lambda: f"/metrics has not answered for {duration(alert.after)}.",
        "restarts": lambda: f"Counters were reset within {duration(alert.over)}.",
        "crashes": lambda: f"It happened more than {alert.above} times within {duration(alert.over)}.",
        "stream_waiting": lambda: f"The oldest entry waits for more than {alert.above} s, for {duration(alert.after)}.",
        "dead_letters": lambda: f"More than {alert.above} entries are in the dead letters.",
    }
    return Alert(
        name=f"P09{_camel(name)}",
        severity=alert.severity,
        title=alert.title,
        happened=limits[name](),
        do=alert.do,
        url=_url(runbook, name),
    )


def anchor(name: str) -> str:
    return name.replace("_", "-")


def number(value: Fraction) -> str:
    """Decimal text, exact wherever it is one."""
    return f"{float(value):.12g}"


def _bad(objective: Objective) -> str:
    return (
        "Requests fail with a 5xx"
        if objective.within_ms is None
        else f"Requests{' of long routes' * (objective.kind == 'long_latency')} take longer than {objective.within_ms} ms"
    )


def _url(runbook: Runbook, name: str) -> str:
    return f"{runbook.service.runbook_url}#{anchor(name)}"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
