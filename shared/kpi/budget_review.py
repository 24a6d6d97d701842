"""The daily review of error budgets: a chart for each, and the numbers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.kpi.chart import burn_down_chart
from shared.kpi.exclusions import Exclusion
from shared.kpi.read_burn_down import budgeted, read_burn_down
from shared.kpi.show import budget_view, burn_down_view
from shared.kpi.store import KpiStore
from shared.kpi.view import BudgetView
from shared.platform.aws.s3 import put_object
from shared.platform.moments import stamp
from shared.runbook.model import Runbook

PASSED: Final = "passed"
FAILED: Final = "failed"
UNKNOWN: Final = "insufficient data"
_CONTENT_TYPES: Final = {"svg": "image/svg+xml", "json": "application/json"}


@dataclass(frozen=True, kw_only=True)
class Review:
    """``files`` by name; ``report`` is one of them, read."""

    folder: str
    report: Mapping[str, Any]
    files: Mapping[str, bytes]

    @property
    def why(self) -> str:
        return "; ".join(_line(budget) for budget in self.report["budgets"])


def review_budgets(runbook: Runbook, store: KpiStore, exclusions: Sequence[Exclusion], now: datetime) -> Review:
    """Each budget's burn-down so far. Failed if less is left of one than the runbook wants, or it is not known."""
    minimum = float(runbook.tasks.error_budget_review.minimum_remaining_percent / 100)
    budgets, pictures = [], {}
    for objective in budgeted(runbook):
        decision, found = read_burn_down(runbook, store, exclusions, objective, now)
        budget = budget_view(decision.budget, objective.budget_window)
        shown = burn_down_view(runbook, decision, found)
        budgets.append({**shown, "budget": budget, "verdict": _verdict(budget, minimum)})
        pictures[f"{objective.id}.svg"] = burn_down_chart(objective, found, minimum_remaining=minimum)
    verdict = next((word for word in (FAILED, UNKNOWN) if any(one["verdict"] == word for one in budgets)), PASSED)
    report = {"at": stamp(now), "verdict": verdict, "minimum_remaining": minimum, "budgets": budgets}
    files = pictures | {"report.json": json.dumps(report, indent=1).encode()}
    return Review(folder=f"kpi/error-budget/{now:%Y-%m-%d}", report=report, files=files)


def archive(review: Review, bucket: str) -> dict[str, str]:
    """Keep it; written twice it is the same. Returns where each file is."""
    for name, content in review.files.items():
        put_object(bucket, f"{review.folder}/{name}", content, _CONTENT_TYPES[name.rpartition(".")[2]])
    return {name: f"s3://{bucket}/{review.folder}/{name}" for name in review.files}


def _line(budget: Mapping[str, Any]) -> str:
    counted = budget["budget"]
    amount = f"{counted['remaining']:.1%} left" if counted["judged"] else f"only {counted['samples']:,} requests"
    return f"{budget['title']}: {budget['verdict']}, {amount} ({budget['target']['text']})"


def _verdict(budget: BudgetView, minimum: float) -> str:
    if not budget["judged"] or budget["remaining"] is None:
        return UNKNOWN
    return PASSED if budget["remaining"] >= minimum else FAILED
