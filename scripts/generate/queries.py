"""PromQL over what ``/metrics`` exposes, for rules and dashboards alike."""

from datetime import timedelta
from typing import Final

from scripts.generate.alerts import number
from shared.kpi.objectives import Objective
from shared.runbook.fields import duration_text
from shared.runbook.model import Runbook

# What clients saw, whether a function answered or not: the evaluator's own counts, which move when it reads a slice.
EDGE_REQUESTS: Final = "p09_edge_requests_total"
EDGE_ERRORS: Final = "p09_edge_errors_total"
EDGE_LONG: Final = "p09_edge_long_requests_total"
EDGE_LONG_SLOW: Final = "p09_edge_long_requests_slow_total"
EDGE_LATENCY: Final = "p09_edge_request_duration_seconds_bucket"
# 1 while a planned maintenance is on: what clients saw meanwhile is in none of the above.
MAINTENANCE: Final = "p09_maintenance_active"
# What functions answered, by route.
REQUESTS: Final = "p09_http_requests_total"
ERRORS: Final = 'p09_http_requests_total{status=~"5.."}'
LATENCY: Final = "p09_http_request_duration_seconds"


def bad(objective: Objective, window: timedelta) -> str:
    """Bad requests of a window; 0, not nothing, when there were only good ones: both counters are there from the start."""
    over = duration_text(window)
    if objective.within_ms is None:
        return f"sum(increase({EDGE_ERRORS}[{over}]))"
    if objective.kind == "long_latency":
        return f"sum(increase({EDGE_LONG_SLOW}[{over}]))"
    fast = f"{EDGE_LATENCY}{{{le(objective.within_ms)}}}"
    return f"({samples(objective, window)} - sum(increase({fast}[{over}])))"


def samples(objective: Objective, window: timedelta) -> str:
    timed = EDGE_LONG if objective.kind == "long_latency" else f'{EDGE_LATENCY}{{le="+Inf"}}'
    name = EDGE_REQUESTS if objective.within_ms is None else timed
    return f"sum(increase({name}[{duration_text(window)}]))"


def recorded(what: str, objective: Objective, window: timedelta) -> str:
    """A recorded series: ``samples`` or ``bad_ratio`` of a window."""
    return f'p09:{what}{duration_text(window)}{{kpi="{objective.id}"}}'


def le(milliseconds: int) -> str:
    """Matches a bucket's bound. Prometheus 2 writes whole seconds as 1, Prometheus 3 as 1.0."""
    bound = f"{milliseconds / 1000:g}"
    return f'le="{bound}"' if "." in bound else f'le=~"{bound}(\\\\.0)?"'


def quantile(share: float, window: str = "5m", buckets: str = f"{LATENCY}_bucket") -> str:
    return f"histogram_quantile({share:g}, sum by (le) (rate({buckets}[{window}])))"


def windows(runbook: Runbook, objective: Objective) -> list[timedelta]:
    """The windows to record for an objective: its burn windows, the hour of its verdict, the budget's period."""
    lengths = {runbook.burn_rates.period} if objective.pairs else set[timedelta]()
    lengths |= {end for pair in objective.pairs for end in (pair.long, pair.short)}
    if objective.window == "rolling hour":
        lengths.add(timedelta(hours=1))
    return sorted(lengths)


def both(*conditions: str) -> str:
    return "\nand ".join(conditions)


def unplanned(condition: str) -> str:
    """But for a planned maintenance: also while nobody says whether one is on, for it may be why nobody does."""
    return f"{condition}\nunless on () max(last_over_time({MAINTENANCE}[1h])) == 1"


def unplanned_lately(condition: str, lately: timedelta) -> str:
    """Of counters that stand still in a maintenance, and until an evaluation after it."""
    return f"{condition}\nunless on () max(max_over_time({MAINTENANCE}[{duration_text(lately)}])) == 1"


def enough(objective: Objective, window: timedelta) -> str:
    return f"{recorded('samples', objective, window)} >= {objective.minimum_samples}"


def above(objective: Objective, window: timedelta, limit: str) -> str:
    return f"{recorded('bad_ratio', objective, window)} > {limit}"


def allowed(objective: Objective) -> str:
    return number(1 - objective.target)
