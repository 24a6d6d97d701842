from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kpi.budget import budget, burn_rate
from shared.kpi.counts import NOTHING, Counts, total
from shared.kpi.evaluate import Evaluation, evaluate, needed
from shared.kpi.exclusions import Exclusion, excluded_spans, inside, outside
from shared.kpi.measure import Measurement, as_slice, measure, roll_up
from shared.kpi.objectives import objectives, with_target
from shared.kpi.record import outcome, replay, replays, to_json
from shared.kpi.timeline import MINUTE, Key, Span, cover
from shared.runbook.load import the_runbook
from tests.unit.shared.kpi.traffic import BAD_ABOVE, NOW, SLICE, Run, evaluated, gap, one_slice, slices_of

COUNT = st.integers(0, 400)
SLOTS = st.integers(0, 4 * 288)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    slices = draw(st.integers(1, 200))
    if draw(st.integers(0, 5)) == 0:
        return gap(slices)
    requests = draw(COUNT)
    part = st.integers(0, requests)
    slow = draw(part)
    return Run(
        slices, requests, errors=draw(part), slow=slow, beyond=draw(st.integers(0, requests - slow)), passed=draw(COUNT)
    )


@st.composite
def exclusions(draw: st.DrawFn, minutes: int = 5000) -> Exclusion:
    """Announced and ended at any second."""
    start = NOW - timedelta(seconds=draw(st.integers(0, 60 * minutes)))
    return Exclusion(Span(start, start + timedelta(seconds=draw(st.integers(0, 36_000)))), "planned")


TRAFFIC = st.lists(runs(), max_size=6)
CALENDAR = st.lists(exclusions(), max_size=3)


@given(st.lists(runs(), max_size=5), st.randoms())
def test_counts_add_up_in_any_order_and_grouping(parts: list[Run], random: Random) -> None:
    counts = [one_slice(run) for run in parts if not run.missing]
    shuffled = random.sample(counts, len(counts))
    cut = random.randint(0, len(counts))
    grouped = total([total(shuffled[:cut]), NOTHING, total(shuffled[cut:])])
    assert _plain(grouped) == _plain(total(counts))


@given(TRAFFIC, SLOTS, SLOTS)
def test_splitting_a_window_changes_nothing(traffic: list[Run], first: int, second: int) -> None:
    history = roll_up(slices_of(traffic), SLICE)
    far, near = max(first, second), min(first, second)
    whole = Span(NOW - far * SLICE, NOW)
    parts = Span(whole.start, NOW - near * SLICE), Span(NOW - near * SLICE, NOW)
    measured = [measure(history, span, (), SLICE, bad_above=BAD_ABOVE) for span in (whole, *parts)]
    assert _plain(measured[0].counts) == _plain(measured[1].counts + measured[2].counts)
    assert measured[0].missing == measured[1].missing + measured[2].missing


@given(TRAFFIC, st.integers(0, 60), st.lists(exclusions(400), max_size=3))
def test_roll_ups_give_what_minutes_give(traffic: list[Run], slots: int, calendar: list[Exclusion]) -> None:
    """The slow way: every minute of the span by itself, in or out."""
    slices, span = slices_of(traffic), Span(NOW - slots * SLICE, NOW)
    counted, excluded, planned = NOTHING, NOTHING, 0
    for start in (span.start + number * SLICE for number in range(slots)):
        are_out = [_is_planned(start + number * MINUTE, calendar) for number in range(SLICE // MINUTE)]
        planned += sum(are_out)
        if found := slices.get(start):
            minutes = list(zip(found.minutes, are_out, strict=True))
            excluded += total(one for one, is_out in minutes if is_out)
            left = [one for one, is_out in minutes if not is_out]
            counted += as_slice(total(left), BAD_ABOVE) if left else NOTHING
    measured = measure(roll_up(slices, SLICE), span, excluded_spans(calendar), SLICE, bad_above=BAD_ABOVE)
    assert _plain(measured.counts) == _plain(counted)
    assert _requests(measured.excluded) == _requests(excluded)
    assert measured.excluded_minutes == planned
    assert measured.counts.slices + measured.missing + measured.excluded_slices == slots


def _is_planned(minute: datetime, calendar: list[Exclusion]) -> bool:
    """Whether each second of it is."""
    seconds = (minute + timedelta(seconds=number) for number in range(60))
    return all(any(one.span.start <= second < one.span.end for one in calendar) for second in seconds)


def _requests(counts: Counts) -> tuple[int, int, int]:
    """Slices apart: minutes that were taken out of one are none."""
    return counts.requests, counts.errors, counts.timed


@given(SLOTS, CALENDAR)
def test_what_counts_and_what_is_excluded_make_up_the_span(slots: int, calendar: list[Exclusion]) -> None:
    span, excluded = Span(NOW - slots * SLICE, NOW), excluded_spans(calendar)
    parts = sorted([*inside(span, excluded), *outside(span, excluded)])
    assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]
    assert sum((part.length for part in parts), timedelta(0)) == span.length


@given(SLOTS, st.integers(0, 100_000))
def test_a_cover_is_seamless_and_short(slots: int, offset: int) -> None:
    span = Span(NOW - (slots + offset) * SLICE, NOW - offset * SLICE)
    at = span.start
    keys = list(cover(span, SLICE))
    for key in keys:
        assert key.start == at
        at += {"slice": SLICE, "hour": timedelta(hours=1), "day": timedelta(days=1)}[key.grain]
    assert at == span.end
    assert len(keys) <= 2 * (11 + 23) + slots // 288


@settings(deadline=None)
@given(TRAFFIC, CALENDAR)
def test_an_evaluation_needs_nothing_but_what_it_asks_for(traffic: list[Run], calendar: list[Exclusion]) -> None:
    history = roll_up(slices_of(traffic), SLICE)
    asked = needed(the_runbook(), NOW, calendar)
    part = {key: counts for key, counts in history.items() if key in asked}
    assert _outcomes(evaluate(the_runbook(), part, NOW, exclusions=calendar, incidents=0)) == _outcomes(
        evaluate(the_runbook(), history, NOW, exclusions=calendar, incidents=0)
    )


@settings(deadline=None)
@given(TRAFFIC, CALENDAR)
def test_every_decision_replays_from_its_record(traffic: list[Run], calendar: list[Exclusion]) -> None:
    evaluation = evaluated(traffic, exclusions=calendar, incidents=len(calendar))
    for decision in evaluation.every:
        record = to_json(decision)
        assert replays(record)
        assert outcome(replay(record)) == outcome(decision)
        assert to_json(replay(record)) == record


@settings(deadline=None)
@given(TRAFFIC)
def test_budget_and_burn_and_verdict_never_disagree(traffic: list[Run]) -> None:
    evaluation = evaluated(traffic)
    for decision in evaluation.decisions:
        objective, measured = decision.inputs.objective, decision.inputs.window
        consumed = budget(objective, measured).consumed
        assert consumed == burn_rate(objective, measured.counts)
        if decision.verdict.judges:
            assert consumed is not None
            assert (decision.verdict == "breached") == (consumed > 1)
        for alert in decision.alerts:
            assert not alert.firing or (alert.long is not None and alert.long > alert.pair.factor)


@settings(deadline=None)
@given(TRAFFIC, st.integers(0, 5), st.integers(1, 50))
def test_more_errors_never_improve_anything(traffic: list[Run], where: int, more: int) -> None:
    worse = [
        replace(run, errors=min(run.requests, run.errors + more)) if n == where and not run.missing else run
        for n, run in enumerate(traffic)
    ]
    _is_no_better(evaluated(traffic), evaluated(worse))


@settings(deadline=None)
@given(TRAFFIC, st.integers(0, 5), st.integers(1, 50))
def test_slower_requests_never_improve_anything(traffic: list[Run], where: int, more: int) -> None:
    worse = [
        replace(run, slow=min(run.requests - run.beyond, run.slow + more)) if n == where and not run.missing else run
        for n, run in enumerate(traffic)
    ]
    _is_no_better(evaluated(traffic), evaluated(worse))


@given(COUNT, COUNT, st.integers(1, 999))
def test_a_stricter_target_never_improves_anything(good: int, bad: int, per_mille: int) -> None:
    availability = objectives(the_runbook())[0]
    counts = Counts(requests=good + bad, errors=bad)
    loose = with_target(availability, percent=Fraction(per_mille, 11))
    strict = with_target(availability, percent=Fraction(per_mille + 1, 11))
    assert loose.meets(counts) or not strict.meets(counts)
    assert (burn_rate(loose, counts) or 0) <= (burn_rate(strict, counts) or 0)


def _is_no_better(before: Evaluation, after: Evaluation) -> None:
    for first, second in zip(before.decisions, after.decisions, strict=True):
        assert not (first.verdict == "breached" and second.verdict == "met")
        assert (first.budget.remaining or 0) >= (second.budget.remaining or 0)
        assert not first.budget.exhausted or second.budget.exhausted
        for one, other in zip(first.alerts, second.alerts, strict=True):
            assert not one.firing or other.firing
        if (availabilities := first.availabilities) and second.availabilities:
            assert (availabilities.time_slice or 0) >= (second.availabilities.time_slice or 0)
        if first.quantile and second.quantile:
            assert first.quantile.milliseconds <= second.quantile.milliseconds


def _plain(counts: Counts) -> dict[str, object]:
    """Buckets without requests say nothing."""
    return vars(counts) | {"latencies": {bound: count for bound, count in counts.latencies.items() if count}}


def _outcomes(evaluation: Evaluation) -> list[dict[str, object]]:
    return [outcome(decision) for decision in evaluation.decisions]


def test_a_measurement_of_nothing_is_all_missing() -> None:
    span = Span(NOW - 3 * SLICE, NOW)
    assert measure({}, span, (), SLICE, bad_above=BAD_ABOVE) == Measurement(span=span, counts=NOTHING, missing=3)


def test_history_beyond_the_longest_window_is_not_asked_for() -> None:
    oldest = min(key.start for key in needed(the_runbook(), NOW))
    assert oldest == NOW.replace(day=1, hour=0)
    assert len(needed(the_runbook(), NOW)) < 200
    assert Key("day", NOW.replace(day=1, hour=0)) in needed(the_runbook(), NOW)
