from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.calendar.store import CalendarStore
from shared.kpi.counted import Counted
from shared.kpi.timeline import floor
from shared.kpi.view import BurnDownView, DecisionList, KpiList, ReplayView, WhatIfView
from tests.integration.kpi.conftest import Evaluator
from tests.operations_api import Caller, ServersDown
from tests.views import is_described

SLICE = timedelta(minutes=5)


@pytest.fixture
def api(evaluator: Evaluator) -> Iterator[Caller]:
    with TestClient(create_app(ServersDown(kpis=evaluator.store, calendar=CalendarStore(evaluator.table)))) as client:
        yield Caller(client)


@pytest.fixture
def now(evaluator: Evaluator) -> datetime:
    """The end of an hour in which 12 of 12,000 requests failed and 100 were slow."""
    end = floor(datetime.now(UTC), SLICE)
    for number in range(12):
        start = end - (12 - number) * SLICE
        slow = 100 if number == 5 else 0
        evaluator.aws.put_slice(start, requests=1000, errors=1, latencies={100: 1000 - slow, 500: slow})
        evaluator.run(start + SLICE)
    return end


def test_before_the_first_evaluation_nothing_is_claimed(api: Caller) -> None:
    assert api.get("/v1/kpis") == {"evaluated_at": None, "stale": True, "silent": False, "kpis": []}
    assert "nothing has been evaluated yet" in api.get("/v1/kpis/latency/burndown", 404)["detail"]
    assert api.get("/v1/kpis/latency/decisions") == {"decisions": [], "next_cursor": None}


def test_every_kpi_is_shown_with_its_reason_while_the_other_servers_are_down(api: Caller, now: datetime) -> None:
    found = api.get("/v1/kpis")
    assert datetime.fromisoformat(found["evaluated_at"]) == now
    assert (found["stale"], found["silent"]) == (False, False)
    availability, latency, error_rate, _, incidents = found["kpis"]
    assert availability["target"]["text"] == "99.9% of requests without a 5xx per calendar month"
    assert (error_rate["verdict"], error_rate["value"]["number"], error_rate["bad"]) == ("met", 0.1, 12)
    assert latency["why"].startswith("Met: 100 of 12,000 requests took longer than 200 ms")
    assert (latency["value"]["number"], latency["quantile"]["upper"]) == (pytest.approx(99.1667, abs=1e-4), 100)
    assert (incidents["verdict"], incidents["value"]) == ("no data", None)


def test_the_counter_of_the_edge_is_what_evaluations_have_read(evaluator: Evaluator, now: datetime) -> None:
    counted = Counted(evaluator.store.counted_days)
    found = counted.total(now)
    assert (found.requests, found.errors, found.within(200), found.timed) == (12_000, 12, 11_900, 12_000)
    evaluator.aws.put_slice(now, requests=500, errors=500, latencies={100: 500})
    assert counted.total(now).errors == 12
    evaluator.run(now + SLICE)
    assert counted.total(now).errors == 512


def test_long_routes_are_judged_beside_the_kpi_and_not_by_its_limit(api: Caller, evaluator: Evaluator) -> None:
    end = floor(datetime.now(UTC), SLICE)
    evaluator.aws.put_slice(end - SLICE, requests=1000, latencies={100: 600}, long=400, long_slow=21)
    evaluator.run(end)
    found = {kpi["id"]: kpi for kpi in api.get("/v1/kpis")["kpis"]}
    assert (found["latency"]["verdict"], found["latency"]["samples"]) == ("met", 600)
    long = found["long_latency"]
    assert (long["verdict"], long["samples"], long["bad"], long["quantile"]) == ("breached", 400, 21, None)
    assert long["why"].startswith("Breached: 21 of 400 requests took longer than 1500 ms")


def test_what_is_old_is_called_stale(api: Caller, evaluator: Evaluator) -> None:
    evaluator.run(datetime.now(UTC) - timedelta(minutes=25))
    assert api.get("/v1/kpis")["stale"]


def test_a_burn_down_falls_and_ends_where_the_kpi_stands(api: Caller, now: datetime) -> None:
    found = api.get("/v1/kpis/latency/burndown")
    shown = next(kpi for kpi in api.get("/v1/kpis")["kpis"] if kpi["id"] == "latency")
    assert found["points"][-1]["remaining"] == shown["budget"]["remaining"]
    assert datetime.fromisoformat(found["points"][-1]["at"]) == now
    assert found["forecast"]["text"]
    assert found["minimum_remaining"] == 0.25
    assert [alert["pair"] for alert in found["burn_alerts"]] == ["fast", "steady", "slow", "creeping"]
    api.get("/v1/kpis/incidents/burndown", 422)


def test_decisions_are_paged_and_replay_to_the_same_verdict(api: Caller, now: datetime) -> None:
    first = api.get("/v1/kpis/availability/decisions", limit=7)
    second = api.get("/v1/kpis/availability/decisions", limit=7, cursor=first["next_cursor"])
    found = [*first["decisions"], *second["decisions"]]
    assert len(found) == 12
    assert second["next_cursor"] is None
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)
    for decision in found:
        replayed = api.get(f"/v1/decisions/{decision['id']}/replay")
        assert replayed["same"]
        assert replayed["replayed"]["verdict"] == decision["verdict"]
        assert replayed["inputs"]["window"]["counts"]["requests"] == decision["samples"]
    api.get("/v1/decisions/availability-20200101T000000Z/replay", 404)
    api.get("/v1/decisions/availability-20209901T000000Z/replay", 404)
    api.get("/v1/kpis/availability/decisions", 422, cursor="2026-99-99T00:00:00Z")


@pytest.mark.parametrize(
    ("kpi", "asked", "verdict", "number"),
    [
        ("availability", {"target": 99.95}, "breached", 99.95),
        ("availability", {"target": 99.9}, "met", 99.9),
        ("error_rate", {"target": 0.05}, "breached", 0.05),
        ("latency", {"target": 99.5}, "breached", 99.5),
        ("latency", {"within_ms": 500}, "met", 95),
    ],
)
def test_another_target_is_judged_by_the_same_history(
    api: Caller, now: datetime, kpi: str, asked: Any, verdict: str, number: float
) -> None:
    found = api.get(f"/v1/kpis/{kpi}/what-if", **asked)
    assert datetime.fromisoformat(found["at"]) == now
    assert (found["actual"]["verdict"], found["supposed"]["verdict"]) == ("met", verdict)
    assert found["supposed"]["target"]["number"] == pytest.approx(number)


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(
    ("kpi", "asked"),
    [
        ("latency", {"within_ms": 150}),
        ("long_latency", {"within_ms": 1000}), ("availability", {"within_ms": 100}), ("availability", {}),
        ("availability", {"target": 100}), ("availability", {"target": 400}), ("incidents", {"target": 1.5}),
        ("error_rate", {"target": 100}), ("availability", {"target": "nan"}), ("availability", {"target": "inf"}),
    ],
)  # fmt: skip
def test_what_the_history_cannot_answer_is_refused_with_a_reason(api: Caller, kpi: str, asked: dict[str, Any]) -> None:
    problem = api.get(f"/v1/kpis/{kpi}/what-if", 422, **asked)
    assert problem["errors"][0]["parameter"] in {"target", "within_ms"}


@pytest.mark.usefixtures("now")
def test_answers_are_what_the_description_promises(api: Caller) -> None:
    decision = api.get("/v1/kpis")["kpis"][0]["decision"]
    answers: list[tuple[type[Any], str, dict[str, Any]]] = [
        (KpiList, "/v1/kpis", {}),
        (BurnDownView, "/v1/kpis/latency/burndown", {}),
        (DecisionList, "/v1/kpis/latency/decisions", {}),
        (WhatIfView, "/v1/kpis/latency/what-if", {"target": 99.5}),
        (ReplayView, f"/v1/decisions/{decision}/replay", {}),
    ]
    for model, path, parameters in answers:
        found = api.get(path, **parameters)
        assert is_described(found, model)


@pytest.mark.usefixtures("now")
def test_a_target_that_no_budget_can_be_divided_by_is_refused(api: Caller) -> None:
    for kpi in ("availability", "latency", "error_rate", "incidents"):
        for target in ("5e-324", "1e-300", "nan", "inf", "-1", "0", "1e308", "0.0001", "99.9999999999999", "1000"):
            answer = api.raw("GET", f"/v1/kpis/{kpi}/what-if", params={"target": target})
            assert answer.status_code in {200, 422}, (kpi, target, answer.text)
