from typing import Any

import pytest

from shared.kpi.decision import Decision
from shared.kpi.evaluate import Evaluation
from shared.kpi.record import replays, to_json
from shared.runbook.fields import duration_text
from tests.unit.shared.kpi.cases import CASES, Case
from tests.unit.shared.kpi.traffic import evaluated, shown


def test_there_are_at_least_eighty_cases_each_of_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 80


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case(case: Case) -> None:
    evaluation = evaluated(case.runs, case.at, case.exclusions, case.incidents)
    found = _facts(evaluation)
    assert {key: _of(found, key, value) for key, value in case.expected.items()} == case.expected
    for decision in evaluation.every:
        assert replays(to_json(decision))


def _of(found: dict[str, Any], key: str, expected: Any) -> Any:
    """What was found, as far as the case speaks of it."""
    if isinstance(expected, dict):
        return {part: found[key][part] for part in expected}
    if key == "firing":
        return [name for name in expected if name in found["alerts"]]
    if key == "not_firing":
        return [name for name in expected if name not in found["alerts"]]
    return found[key]


def _facts(evaluation: Evaluation) -> dict[str, Any]:
    availability, latency, error_rate, _ = evaluation.decisions
    three = availability.availabilities
    assert three
    hour = error_rate.inputs.window
    return {
        "a": availability.verdict, "l": latency.verdict, "e": error_rate.verdict,
        "a_left": shown(availability.budget.remaining), "l_left": shown(latency.budget.remaining),
        "burn": _burns(availability), "slow_burn": _burns(latency),
        "alerts": [f"{one.inputs.objective.id} {alert.pair.name}" for one in evaluation.decisions
                   for alert in one.alerts if alert.firing],
        "exhausted": [one.inputs.objective.id for one in evaluation.decisions if one.budget.exhausted],
        "p95": shown(latency.quantile.milliseconds if latency.quantile else None),
        "request": shown(three.request), "time_slice": shown(three.time_slice), "bad_slices": three.bad_slices,
        "probe": shown(three.probe), "probe_runs": three.probe_runs, "probes_skipped": three.probes_skipped,
        "probe_verdict": three.probe_verdict, "silent": evaluation.silent,
        "missing": three.missing_slices, "missing_hour": hour.missing,
        "excluded": hour.excluded_slices, "excluded_minutes": hour.excluded_minutes, "excluded_requests": hour.excluded.requests,
        "incidents": evaluation.incidents.verdict,
        "incidents_left": shown(None if (used := evaluation.incidents.consumed) is None else 1 - used),
    }  # fmt: skip


def _burns(decision: Decision) -> dict[str, str]:
    rates = {}
    for alert in decision.alerts:
        rates[duration_text(alert.pair.long)] = shown(alert.long)
        rates[duration_text(alert.pair.short)] = shown(alert.short)
    return rates
