from datetime import datetime, timedelta

from shared.kpi.changes import Change, Standings, changes
from tests.unit.shared.kpi.traffic import NOW, SLICE, Run, evaluated, gap

CLEAN = Run(12, 1000)
HARD = Run(12, 1000, 20)
BEFORE = Run(576, 100_000)


def told(
    *hours: list[Run], incidents: list[int] | None = None, start: datetime = NOW, step: timedelta = SLICE
) -> list[list[str]]:
    """What is told at evaluations one after another, as ``kind kpi``."""
    standings, every = Standings(), []
    for n, runs in enumerate(hours):
        evaluation = evaluated(runs, start + n * step, incidents=(incidents or [0] * len(hours))[n])
        standings, found = changes(standings, evaluation)
        every.append([_text(change) for change in found])
    return every


def _text(change: Change) -> str:
    return f"{change.kind} {change.kpi}" if change.kpi else str(change.kind)


def test_a_breach_and_its_recovery_are_told_once() -> None:
    clean, hard = [BEFORE, CLEAN], [BEFORE, HARD]
    assert told(clean, hard, hard, hard, clean, clean) == [
        [], ["KpiBreached error_rate"], [], [], ["KpiRecovered error_rate"], [],
    ]  # fmt: skip


def test_a_breach_at_the_first_evaluation_is_told() -> None:
    assert told([BEFORE, HARD]) == [["KpiBreached error_rate"]]


def test_a_second_breach_is_told_again() -> None:
    clean, hard = [BEFORE, CLEAN], [BEFORE, HARD]
    assert told(hard, clean, hard)[2] == ["KpiBreached error_rate"]


def test_too_little_data_is_no_recovery() -> None:
    few = [BEFORE, Run(12, 1)]
    assert told([BEFORE, HARD], few, few, [BEFORE, HARD]) == [["KpiBreached error_rate"], [], [], []]


def test_silence_is_told_once_and_is_no_recovery() -> None:
    silent = [BEFORE, gap(12)]
    assert told([BEFORE, HARD], silent, silent, [BEFORE, CLEAN]) == [
        ["KpiBreached error_rate"], ["KpiDataMissing"], [], ["KpiRecovered error_rate", "KpiDataReturned"],
    ]  # fmt: skip


def test_who_has_just_begun_to_look_does_not_say_that_nobody_spoke() -> None:
    silent = [BEFORE, gap(12)]
    assert told(silent, silent) == [[], ["KpiDataMissing"]]


def test_after_an_outage_of_the_evaluator_silence_is_told_at_the_second_look() -> None:
    silent = [BEFORE, gap(12)]
    assert told([BEFORE, CLEAN], silent, step=timedelta(hours=2)) == [[], []]


def test_an_exhausted_budget_is_told_once_without_a_breach() -> None:
    spent = [Run(12, 1000, 1)]
    assert told(spent, spent) == [["BudgetExhausted availability"], []]


def test_a_breached_month_is_told_again_in_the_next_month() -> None:
    end = datetime.fromisoformat("2026-12-01T00:00:00+00:00")
    both = ["KpiBreached availability", "BudgetExhausted availability"]
    found = told([Run(12, 1000, 5)], [Run(12, 1000, 5)], start=end, step=timedelta(minutes=5))
    assert found == [both, both]


def test_a_new_month_recovers_once_it_is_judged() -> None:
    end = datetime.fromisoformat("2026-12-01T00:00:00+00:00")
    found = told([Run(12, 1000, 5)], [Run(12, 1000, 5), Run(1, 10)], [Run(12, 1000, 5), Run(2, 1000)], start=end)
    assert found[1:] == [[], ["KpiRecovered availability"]]


def test_a_third_incident_breaches_and_the_second_exhausts() -> None:
    clean = [BEFORE, CLEAN]
    assert told(clean, clean, clean, clean, incidents=[1, 2, 3, 3]) == [
        [], ["BudgetExhausted incidents"], ["KpiBreached incidents"], [],
    ]  # fmt: skip


def test_an_evaluation_that_comes_twice_tells_nothing_new() -> None:
    evaluation = evaluated([BEFORE, HARD])
    standings, first = changes(Standings(), evaluation)
    again, second = changes(standings, evaluation)
    assert (len(first), second, again) == (1, (), standings)


def test_an_evaluation_that_is_repeated_with_later_data_waits_for_the_next_slice() -> None:
    standings, _ = changes(Standings(), evaluated([BEFORE, HARD]))
    assert changes(standings, evaluated([BEFORE, CLEAN])) == (standings, ())


def test_an_evaluation_that_comes_late_changes_nothing() -> None:
    standings, _ = changes(Standings(), evaluated([BEFORE, HARD]))
    assert changes(standings, evaluated([BEFORE, CLEAN], NOW - SLICE)) == (standings, ())


def test_a_change_carries_the_decision_that_proves_it() -> None:
    _, (change,) = changes(Standings(), evaluated([BEFORE, HARD]))
    assert change.decision == "error_rate-20261120T120000Z"
    assert change.why == (
        "Breached: 240 of 12,000 requests failed with a 5xx, 2%, more than the 1% allowed "
        "between 11:00 and 12:00 UTC on 2026-11-20."
    )
