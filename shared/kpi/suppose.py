"""What if the target were another one, in the words and units in which the target is shown."""

from fractions import Fraction

from shared.kpi.decision import AnyDecision, CountDecision
from shared.kpi.what_if import what_if
from shared.platform.refusals import Refused


def suppose(decision: AnyDecision, *, target: float | None, within_ms: int | None) -> AnyDecision:
    """``target`` is a percentage of good requests, of an error rate one of bad ones, or a number of incidents.

    Raises Refused for what the history cannot answer.
    """
    try:
        return _suppose(decision, target, within_ms)
    except ValueError as error:
        raise Refused(str(error), parameter="target" if within_ms is None else "within_ms") from error


def _suppose(decision: AnyDecision, target: float | None, within_ms: int | None) -> AnyDecision:
    if target is None and within_ms is None:
        raise ValueError("say what to suppose: a target, or another limit of a latency")
    if isinstance(decision, CountDecision):
        return what_if(decision, maximum=_whole(target), within_ms=within_ms)
    # As it is written, 99.95 is 1999/20; as a double it is not.
    percent = None if target is None else Fraction(repr(target))
    if percent is not None and decision.inputs.objective.kind == "error_rate":
        percent = 100 - percent
    return what_if(decision, percent=percent, within_ms=within_ms)


def _whole(target: float | None) -> int | None:
    if target is not None and not target.is_integer():
        raise ValueError(f"{target:g} is not a number of incidents")
    return None if target is None else int(target)
