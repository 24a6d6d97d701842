"""A budget's burn-down from what is stored, with the decision of the same moment."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shared.kpi.burn_down import BurnDown, burn_down, needed_for_burn_down
from shared.kpi.decision import Decision
from shared.kpi.evaluate import evaluate, needed
from shared.kpi.exclusions import Exclusion
from shared.kpi.objectives import Objective, objectives
from shared.kpi.store import KpiStore
from shared.runbook.model import Runbook


def read_burn_down(
    runbook: Runbook, store: KpiStore, exclusions: Sequence[Exclusion], objective: Objective, now: datetime
) -> tuple[Decision, BurnDown]:
    """Nothing is written: the decision is the one that an evaluation at this moment makes.

    ``exclusions`` are the planned maintenances that overlap ``looked_back(now)``.
    """
    wanted = needed(runbook, now, exclusions) | needed_for_burn_down(runbook, objective, now, exclusions)
    history = store.history(wanted)
    evaluation = evaluate(runbook, history, now, exclusions=exclusions, incidents=None)
    decision = next(one for one in evaluation.decisions if one.inputs.objective.id == objective.id)
    return decision, burn_down(runbook, objective, history, now, exclusions)


def budgeted(runbook: Runbook) -> Iterator[Objective]:
    """Objectives whose budget is spent over a calendar window: that of a rolling hour is no budget to review."""
    return (objective for objective in objectives(runbook) if objective.budget_window != "rolling hour")
