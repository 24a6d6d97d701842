"""What if the target were another one: judged from the same inputs."""

from dataclasses import replace
from fractions import Fraction
from typing import overload

from shared.kpi.decision import AnyDecision, CountDecision, Decision, decide, decide_count
from shared.kpi.objectives import with_target


@overload
def what_if(
    decision: Decision, *, percent: Fraction | None = ..., within_ms: int | None = ..., maximum: int | None = ...
) -> Decision: ...
@overload
def what_if(
    decision: CountDecision, *, percent: Fraction | None = ..., within_ms: int | None = ..., maximum: int | None = ...
) -> CountDecision: ...
def what_if(
    decision: AnyDecision,
    *,
    percent: Fraction | None = None,
    within_ms: int | None = None,
    maximum: int | None = None,
) -> AnyDecision:
    """Decide again with another share of good requests (99.95 for 99.95%), another limit or another number.

    Raises ValueError for what the KPI does not have, and for a limit that is no bound of the histogram: the
    history could not answer exactly.
    """
    if isinstance(decision, CountDecision):
        if percent is not None or within_ms is not None or maximum is None:
            raise ValueError(f"{decision.inputs.objective.id} is a number, not a share of requests: give a maximum")
        objective = replace(decision.inputs.objective, maximum=maximum)
        return decide_count(replace(decision.inputs, objective=objective))
    if maximum is not None:
        raise ValueError(f"{decision.inputs.objective.id} has no maximum: give a percentage")
    changed = with_target(decision.inputs.objective, percent=percent, within_ms=within_ms)
    return decide(replace(decision.inputs, objective=changed))
