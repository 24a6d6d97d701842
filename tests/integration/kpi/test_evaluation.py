import importlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from shared.calendar.edit import Calendar
from shared.calendar.model import Plan
from shared.calendar.store import CalendarStore
from shared.incidents.act import report
from shared.incidents.by_people import Report, Saying
from shared.incidents.store import IncidentStore
from shared.kpi.changes import Standings, changes
from shared.kpi.counted import Counted
from shared.kpi.counts import Counts, total
from shared.kpi.evaluate import evaluate
from shared.kpi.measure import as_slice, roll_up
from shared.kpi.record import replays
from shared.kpi.timeline import Key, floor, roll_ups_of
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.moments import stamp
from shared.platform.outbox import waiting
from shared.runbook.load import the_runbook
from tests.integration.aws import Crash
from tests.integration.kpi.conftest import Evaluator

SLICE = timedelta(minutes=5)
START = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)  # midnight is crossed
SLICES = 100
KPIS = ("availability", "latency", "error_rate", "incidents")
CALLS = 15  # to AWS, of an evaluation that tells something
BAD_ABOVE = the_runbook().slices.bad_above_percent / 100


def traffic(number: int) -> dict[str, object] | None:
    """Fine, then errors, then fine, then slow, then silence, then fine, then errors again."""
    if 60 <= number < 68:
        return None
    errors = 50 if 20 <= number < 26 or number in {80, 81} else 0
    slow = 100 if 40 <= number < 46 else 0
    return {"requests": 1000, "errors": errors, "latencies": {100: 1000 - slow, 500: slow}, "beyond": 0}


def expected_events() -> Iterator[str]:
    """What a single evaluator tells that is never disturbed, from the arithmetic alone."""
    standings = Standings()
    measured = {}
    for number in range(SLICES):
        if found := traffic(number):
            measured[START + number * SLICE] = as_slice(Counts(**found), BAD_ABOVE)  # type: ignore[arg-type]  # counts come as a plain mapping
        evaluation = evaluate(the_runbook(), roll_up(measured, SLICE), START + (number + 1) * SLICE, incidents=None)
        standings, told = changes(standings, evaluation)
        for change in told:
            yield f"{change.kind.value}-{change.kpi or 'all'}-{change.at:%Y%m%dT%H%M%SZ}"


def put(evaluator: Evaluator, number: int) -> None:
    if found := traffic(number):
        evaluator.aws.put_slice(START + number * SLICE, **found)


def run_until_done(evaluator: Evaluator, at: datetime, number: int) -> None:
    """As Lambda does: the run that crashed, before one of its calls to AWS or after it, is repeated, and crashes elsewhere."""
    for step in (number, number + 9, number + 17):
        evaluator.aws.operations.clear()
        evaluator.aws.crash_at, evaluator.aws.after = step % CALLS, bool(step % 2)
        with suppress(Crash):
            evaluator.run(at)
    evaluator.aws.crash_at = None
    evaluator.run(at)


def test_a_hundred_evaluations_with_crashes_repeats_and_rivals_tell_each_change_once(evaluator: Evaluator) -> None:
    for number in range(SLICES):
        put(evaluator, number)
        at = START + (number + 1) * SLICE + timedelta(minutes=1)
        if number % 3 == 0:
            evaluator.aws.before_write = lambda at=at: evaluator.run(at)
            assert evaluator.run(at)["outcome"] == "overtaken"
        elif number % 3 == 1:
            run_until_done(evaluator, at, number)
        assert evaluator.run(at)["outcome"] == ("evaluated" if number % 3 == 2 else "repeated")
        evaluator.run(at - SLICE)
    assert sorted(evaluator.events()) == sorted(expected_events())
    assert [event[-16:] for event in evaluator.events()] == sorted(event[-16:] for event in evaluator.events())
    assert waiting(evaluator.table) == []

    decisions = [one for kpi in KPIS
                 for one in evaluator.store.decisions(kpi, before=None, limit=1000)]  # fmt: skip
    assert len(decisions) == 4 * SLICES
    assert all(replays(one.record) for one in decisions)
    told = [f"{change}-{json.loads(one.record)['id']}" for one in decisions for change in one.changes]
    assert sorted(told) == sorted(event for event in evaluator.events() if "-all-" not in event)
    assert_sums_add_up(evaluator)


def assert_sums_add_up(evaluator: Evaluator) -> None:
    starts = [START + number * SLICE for number in range(SLICES)]
    slices = evaluator.store.history(Key("slice", start) for start in starts)
    assert len(slices) == sum(traffic(number) is not None for number in range(SLICES))
    _, days = roll_ups_of(starts)
    stored = evaluator.store.history(days)
    assert len(stored) == 2
    for key, counts in stored.items():
        assert counts == total(
            part for part_key, part in slices.items() if floor(part_key.start, timedelta(days=1)) == key.start
        )


def test_late_metrics_replace_what_was_read_before(evaluator: Evaluator) -> None:
    evaluator.aws.put_slice(START, requests=100, latencies={100: 100})
    evaluator.run(START + SLICE)
    evaluator.aws.put_slice(START, requests=300, errors=30, latencies={100: 300})
    evaluator.run(START + 2 * SLICE)
    hour = Key("hour", START)
    assert evaluator.store.history([hour])[hour].requests == 300
    latest = evaluator.store.latest()
    assert latest
    availability = latest["kpis"][0]
    assert (availability["verdict"], availability["bad"]) == ("breached", 30)
    assert {event.partition("-2026")[0] for event in evaluator.events()} == {
        "KpiBreached-availability", "BudgetExhausted-availability", "KpiBreached-error_rate",
    }  # fmt: skip


def test_after_an_outage_of_its_own_the_evaluator_reads_what_it_missed(evaluator: Evaluator) -> None:
    for number in range(130):
        evaluator.aws.put_slice(START + number * SLICE, requests=10, latencies={50: 10})
    evaluator.run(START + SLICE)
    report = evaluator.run(START + 130 * SLICE)
    assert (report["outcome"], report["slices"]) == ("evaluated", 130)
    days = roll_ups_of([START, START + timedelta(days=1)])[1]
    assert total(evaluator.store.history(days).values()).requests == 1300


def test_a_source_that_is_down_judges_by_what_is_stored_and_is_read_when_it_is_back(
    evaluator: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluator.aws.put_slice(START, requests=500, latencies={50: 500})
    evaluator.run(START + SLICE)
    with monkeypatch.context() as patch:
        patch.setattr(evaluator.aws, "_metrics", lambda _body: {"MetricDataResults": [
            {"Id": "m0", "Label": "Requests", "StatusCode": "InternalError"}]})  # fmt: skip
        for number in range(2, 14):
            assert evaluator.run(START + number * SLICE)["outcome"] == "evaluated"
    latest = evaluator.store.latest()
    assert latest
    assert latest["silent"]
    for number in range(14):
        evaluator.aws.put_slice(START + number * SLICE, requests=500, latencies={50: 500})
    assert evaluator.run(START + 14 * SLICE)["changes"] == ("KpiDataReturned",)
    latest = evaluator.store.latest()
    assert latest
    assert (latest["kpis"][0]["samples"], latest["silent"]) == (7000, False)


def test_what_an_evaluation_decides_is_published_for_alarms(evaluator: Evaluator) -> None:
    for number in range(12):
        evaluator.aws.put_slice(START + number * SLICE, requests=1000, errors=20, latencies={50: 1000})
    evaluator.run(START + 12 * SLICE)
    points = {
        (point["MetricName"], *(dimension["Value"] for dimension in point["Dimensions"])): point["Value"]
        for point in evaluator.aws.published
    }
    assert points["KpiMissed", "error_rate"] == 1.0
    assert points["BurnRate", "availability", "3d"] == pytest.approx(20.0)
    assert points["KpiDataMissing",] == 0.0
    assert {point["Timestamp"] for point in evaluator.aws.published} == {int((START + 12 * SLICE).timestamp())}
    assert evaluator.aws.operations.count("GetMetricData") == 1
    assert evaluator.aws.operations.count("PutMetricData") == 1


def test_metrics_come_from_cloudwatch_and_go_there(evaluator: Evaluator) -> None:
    evaluator.aws.cloudwatch_is_moto = True
    client = evaluator.aws.client("cloudwatch")
    at = datetime.now(UTC) - timedelta(hours=1)
    start = floor(at, SLICE)
    for name, value in (("Requests", 150.0), ("Requests", 150.0), ("ServerErrors", 30.0), ("LatencyUpTo100ms", 300.0)):
        data = {"MetricName": name, "Timestamp": start + timedelta(minutes=1), "Value": value, "Unit": "Count"}
        client.put_metric_data(Namespace="P09/test", MetricData=[data])
    report = evaluator.run(start + SLICE)
    assert (report["slices"], report["changes"]) == (1, ("KpiBreached", "BudgetExhausted", "KpiBreached"))
    names = {metric["MetricName"] for metric in client.list_metrics(Namespace="P09/test")["Metrics"]}
    assert {"KpiMissed", "BurnRate", "BudgetRemaining", "KpiDataMissing"} <= names


def test_a_state_that_another_has_written_is_not_overwritten(evaluator: Evaluator) -> None:
    before = evaluator.store.state()
    evaluator.store.write_sums(before, {}, START)
    with pytest.raises(Overtaken):
        evaluator.store.write_sums(before, {}, START)


def test_planned_maintenance_and_incidents_are_read_from_the_table(evaluator: Evaluator) -> None:
    evaluator.aws.put_slice(START, requests=1000, errors=900, latencies={50: 1000})
    evaluator.aws.put_slice(START + SLICE, requests=1000, latencies={50: 1000})
    begun = START - timedelta(days=3)
    plan = Plan(
        kind="maintenance", title="Upgrade", reason="-", start=begun, end=START + SLICE, components=("analytics",)
    )
    Calendar(CalendarStore(evaluator.table), ["analytics"], by="grace", now=begun).plan(plan)
    incidents = IncidentStore(evaluator.table)
    incidents.count_since(begun)
    for number in range(3):
        what = Report(title=f"Outage {number}", severity="page", customer_impacting=True, components=(), owner="")
        report(incidents, what, Saying(by="ada", at=begun + timedelta(hours=number), note="seen", public=False))
    evaluator.run(START + 2 * SLICE)
    latest = evaluator.store.latest()
    assert latest
    verdicts = {kpi["id"]: kpi["verdict"] for kpi in latest["kpis"]}
    assert (verdicts["availability"], verdicts["incidents"]) == ("met", "breached")
    assert latest["kpis"][0]["excluded_slices"] == timedelta(days=3, minutes=5) // SLICE
    assert latest["kpis"][0]["excluded_minutes"] == timedelta(days=3, minutes=5) // timedelta(minutes=1)


def test_a_maintenance_of_three_minutes_leaves_out_what_was_counted_in_them(evaluator: Evaluator) -> None:
    evaluator.aws.put_slice(START, requests=1000, latencies={50: 1000})
    failing = START + timedelta(minutes=2)
    evaluator.aws.put_slice(failing, requests=500, errors=400, latencies={50: 500})
    plan = Plan(
        kind="maintenance", title="Upgrade", reason="-", start=failing, end=failing + timedelta(minutes=3),
        components=("analytics",),
    )  # fmt: skip
    planned = START - timedelta(days=1)
    Calendar(CalendarStore(evaluator.table), ["analytics"], by="grace", now=planned).plan(plan)
    evaluator.run(START + SLICE)
    latest = evaluator.store.latest()
    assert latest
    availability = next(kpi for kpi in latest["kpis"] if kpi["id"] == "availability")
    assert (availability["samples"], availability["bad"]) == (1000, 0)
    assert (availability["excluded_slices"], availability["excluded_minutes"]) == (0, 3)
    (stored,) = evaluator.store.decisions("availability", before=None, limit=1)
    assert replays(stored.record)
    counted = Counted(evaluator.store.counted_days)
    found = [counted.total(START + SLICE)]
    for number in range(1, 4):
        evaluator.aws.put_slice(START + number * SLICE, requests=10, errors=1, latencies={50: 10})
        evaluator.run(START + (number + 1) * SLICE)
        found.append(counted.total(START + (number + 1) * SLICE))
    assert [(one.requests, one.errors, one.within(50)) for one in found] == [
        (1000 + 10 * number, number, 1000 + 10 * number) for number in range(4)
    ]


def test_a_played_time_leaves_no_decision_behind(evaluator: Evaluator) -> None:
    evaluator.aws.put_slice(START, requests=1000, latencies={50: 1000})
    handler = importlib.import_module("functions.kpi_evaluation.handler").handler
    played = {"task": "kpi_evaluation", "scheduled_time": stamp(START + SLICE), "played": True}
    assert handler(played, None)["outcome"] == "played"
    assert (evaluator.store.latest(), evaluator.store.decisions("availability", before=None, limit=1)) == (None, [])


def test_a_look_between_two_evaluations_is_shown_and_stands_in_nobodys_way(evaluator: Evaluator) -> None:
    for number in range(3):
        evaluator.aws.put_slice(START + number * SLICE, requests=1000, latencies={100: 1000})
    evaluator.run(START + SLICE)
    evaluator.aws.put_slice(START + SLICE, requests=1000, errors=400, latencies={100: 1000})
    now = START + SLICE + timedelta(minutes=3, seconds=7)
    assert evaluator.look(now)["outcome"] == "looked"
    assert evaluator.shown() == (stamp(now), "breached")
    assert evaluator.events() == []
    assert evaluator.run(START + 2 * SLICE)["outcome"] == "evaluated"
    assert "KpiBreached-availability-20261120T221000Z" in evaluator.events()


def test_a_look_stays_on_view_when_the_evaluation_before_it_comes_late(evaluator: Evaluator) -> None:
    evaluator.aws.put_slice(START, requests=1000, latencies={100: 1000})
    evaluator.aws.put_slice(START + SLICE, requests=1000, errors=400, latencies={100: 1000})
    now = START + SLICE + timedelta(seconds=7)
    evaluator.look(now)
    assert evaluator.run(START + SLICE + timedelta(minutes=1))["outcome"] == "evaluated"
    assert evaluator.shown() == (stamp(now), "breached")
    assert [json.loads(one.record)["id"] for one in evaluator.store.decisions("availability", before=None, limit=9)] == [
        "availability-20261120T220507Z", "availability-20261120T220500Z",
    ]  # fmt: skip
    assert all(replays(one.record) for one in evaluator.store.decisions("availability", before=None, limit=9))


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_dated_in_the_future_whenever_somebody_looks(evaluator: Evaluator, seed: int) -> None:
    for number in range(36):
        evaluator.aws.put_slice(START + number * SLICE, requests=1000, errors=400, latencies={100: 1000})
    for second in sorted(Random(seed).sample(range(3 * 60 * 60), 6)):
        now = START + timedelta(seconds=second)
        evaluator.look(now)
        evaluator.run(now)
        records = [one.record for kpi in KPIS for one in evaluator.store.decisions(kpi, before=None, limit=99)]
        told = [entry["Detail"] for entry in evaluator.aws.sent]
        for text in (*records, *told, json.dumps(evaluator.store.latest())):
            assert max(re.findall(r"2026-\d\d-\d\dT\d\d:\d\d:\d\d", text)) <= now.isoformat()[:19]
