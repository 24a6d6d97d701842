import json
from fractions import Fraction
from time import process_time

import pytest

from shared.kpi.counts import Counts
from shared.kpi.decision import Decision, decide
from shared.kpi.edge import published
from shared.kpi.evaluate import evaluate, slices_to_read
from shared.kpi.measure import roll_up
from shared.kpi.record import WrongRecord, replay, replays, to_json
from shared.kpi.timeline import Key, parts_of, roll_ups_of
from shared.kpi.what_if import what_if
from shared.kpi.why import target_text, why
from shared.runbook.load import the_runbook
from tests.unit.shared.kpi.traffic import NOW, SLICE, Run, evaluated, gap, maintenance, slices_of


def decision(kpi: str, *runs: Run) -> Decision:
    return next(one for one in evaluated(runs).decisions if one.inputs.objective.id == kpi)


def test_a_record_holds_inputs_and_outcome_without_floats() -> None:
    record = json.loads(to_json(decision("availability", Run(12, 1000, 1))))
    assert record["inputs"]["objective"]["target"] == "999/1000"
    assert record["inputs"]["window"]["counts"]["requests"] == 12000
    assert record["outcome"]["budget"]["consumed"] == "1"
    assert not _floats(record)


def test_a_record_is_small_enough_to_keep_each() -> None:
    assert len(to_json(decision("availability", Run(900, 1000, 1)))) < 10_000


def test_an_outcome_that_was_altered_does_not_replay() -> None:
    record = to_json(decision("error_rate", Run(12, 1000, 20)))
    assert replays(record)
    assert not replays(record.replace('"verdict":"breached"', '"verdict":"met"'))


def test_inputs_that_were_altered_do_not_replay() -> None:
    assert not replays(to_json(decision("error_rate", Run(12, 1000, 20))).replace('"errors":240', '"errors":100'))


def test_a_replay_uses_the_targets_of_its_time() -> None:
    lenient = to_json(decision("availability", Run(12, 1000, 5))).replace('"999/1000"', '"9/10"')
    assert replay(lenient).verdict == "met"


@pytest.mark.parametrize(
    "record", ['{"schema":2}', '{"schema":1}', "{}", '{"schema":1,"kind":"share","inputs":{}}', "[]"]
)
def test_what_is_no_record_is_refused(record: str) -> None:
    with pytest.raises(WrongRecord):
        replay(record)


def test_another_target_is_judged_from_the_same_inputs() -> None:
    met = decision("availability", Run(12, 10000, 8))
    assert (met.verdict, what_if(met, percent=Fraction("99.95")).verdict) == ("met", "breached")
    assert what_if(met, percent=Fraction("99.95")).budget.consumed == Fraction(8, 5)


def test_another_limit_must_be_a_bound() -> None:
    slow = decision("latency", Run(12, 1000, slow=100))
    assert what_if(slow, within_ms=500).verdict == "met"
    with pytest.raises(ValueError, match="300 ms is not a bound"):
        what_if(slow, within_ms=300)


def test_another_number_of_incidents() -> None:
    incidents = evaluated([], incidents=3).incidents
    assert (incidents.verdict, what_if(incidents, maximum=3).verdict) == ("breached", "met")


@pytest.mark.parametrize("percent", [0, 100, 101])
def test_a_target_without_a_budget_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="leaves no budget"):
        what_if(decision("availability", Run(12, 1000)), percent=Fraction(percent))


def test_what_if_refuses_what_the_kpi_does_not_have() -> None:
    with pytest.raises(ValueError, match="limit in milliseconds"):
        what_if(decision("availability", Run(12, 1000)), within_ms=200)
    with pytest.raises(ValueError, match="maximum"):
        what_if(decision("availability", Run(12, 1000)), maximum=2)
    with pytest.raises(ValueError, match="share"):
        what_if(evaluated([], incidents=3).incidents, percent=Fraction(99))


SENTENCES = [
    ("latency", [Run(12, 100, slow=10)], """\
Breached: 120 of 1,200 requests took longer than 200 ms, 10%, more than the 5% allowed (p95 is about 350 ms, \
interpolated between 200 and 500 ms) between 11:00 and 12:00 UTC on 2026-11-20."""),
    ("latency", [Run(12, 100, beyond=100)], """\
Breached: 1,200 of 1,200 requests took longer than 200 ms, 100%, more than the 5% allowed (p95 lies above 10,000 ms) \
between 11:00 and 12:00 UTC on 2026-11-20."""),
    ("error_rate", [Run(12, 3)], """\
Insufficient data: 36 requests were measured between 11:00 and 12:00 UTC on 2026-11-20, fewer than the 200 that a verdict \
needs."""),
    ("error_rate", [], "No data: not one of the 12 slices between 11:00 and 12:00 UTC on 2026-11-20 was measured."),
    ("error_rate", [Run(6, 1000), gap(2), Run(4, 1000)], """\
Met: 0 of 10,000 requests failed with a 5xx, 0%, no more than the 1% allowed between 11:00 and 12:00 UTC on 2026-11-20; \
10 minutes were not measured."""),
]  # fmt: skip


@pytest.mark.parametrize(("kpi", "runs", "sentence"), SENTENCES)
def test_why_is_one_plain_sentence(kpi: str, runs: list[Run], sentence: str) -> None:
    assert why(decision(kpi, *runs)) == sentence


def test_why_says_how_much_was_excluded() -> None:
    found = evaluated([Run(12, 1000)], exclusions=[maintenance("11:00", "11:30")]).decisions[2]
    assert why(found).endswith("; 30 minutes of planned maintenance do not count.")


def test_a_share_beside_its_target_is_not_rounded_onto_it() -> None:
    assert "0.1001%, more than the 0.1% allowed" in why(decision("availability", Run(1, 10_000_000, 10_010)))


def test_why_counts_incidents() -> None:
    assert why(evaluated([], incidents=3).incidents) == (
        "Breached: 3 customer-impacting incidents between 2026-10-01 00:00 and 2026-11-20 12:00 UTC, more than the 2 allowed."
    )


def test_targets_are_worded_as_promises() -> None:
    assert [target_text(one.inputs.objective) for one in evaluated([]).every] == [
        "99.9% of requests without a 5xx per calendar month",
        "95% of requests within 200 ms per rolling hour",
        "at most 1% of requests with a 5xx per rolling hour",
        "95% of requests of long routes within 1500 ms per rolling hour",
        "at most 2 per quarter",
    ]


def test_what_is_unknown_is_not_published_as_zero() -> None:
    assert {metric.name for metric in published(evaluated([], incidents=None))} == {"KpiDataMissing"}


def test_the_three_day_window_is_published_for_cloudwatch() -> None:
    metrics = {(one.name, *one.dimensions): one.value for one in published(evaluated([Run(864, 1000, 4)]))}
    assert metrics["BurnRate", ("Kpi", "availability"), ("Window", "3d")] == 4.0
    assert metrics["BurnAlert", ("Kpi", "availability"), ("Pair", "creeping")] == 1.0
    assert metrics["BurnAlert", ("Kpi", "availability"), ("Pair", "fast")] == 0.0
    assert metrics["BudgetRemaining", ("Kpi", "availability")] == -3.0


def test_late_slices_are_read_again_and_their_roll_ups_added_up_anew() -> None:
    starts = slices_to_read(the_runbook(), NOW)
    assert (len(starts), starts[-1]) == (6, NOW - SLICE)
    hours, days = roll_ups_of(starts)
    assert [key.start.hour for key in hours] == [11]
    assert days == (Key("day", NOW.replace(hour=0)),)
    assert (len(parts_of(hours[0], SLICE)), len(parts_of(days[0], SLICE)), parts_of(Key("slice", NOW), SLICE)) == (
        12,
        24,
        (),
    )


def test_a_decision_is_its_inputs_alone() -> None:
    first = decision("latency", Run(12, 1000, slow=51))
    assert decide(first.inputs) == first


def test_four_hundred_days_of_history_cost_what_one_day_costs() -> None:
    """The bound is loose for a busy machine; the bench measures it."""
    short, long = (roll_up(slices_of([Run(days * 288, 1000, 1, 3)]), SLICE) for days in (1, 400))

    def cost(history: dict[Key, Counts]) -> float:
        started = process_time()
        for _ in range(20):
            evaluate(the_runbook(), history, NOW, incidents=0)
        return process_time() - started

    assert min(cost(long) for _ in range(5)) < 1.5 * min(cost(short) for _ in range(5))


def _floats(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_floats, value.values()))
    return any(map(_floats, value)) if isinstance(value, list) else isinstance(value, float)
