import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.kpi.signals.port import Shape, SignalsUnavailable
from shared.kpi.signals.prometheus import PrometheusSignals, fetch
from shared.runbook.load import the_runbook

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SLICE = timedelta(minutes=5)
SHAPE = Shape.of(the_runbook())


class FakePrometheus:
    """Series by a word of their query: labels, then the value at the end of each slice."""

    def __init__(self, series: Mapping[str, list[tuple[dict[str, str], list[str]]]]) -> None:
        self.series = series
        self.asked: list[dict[str, list[str]]] = []

    def __call__(self, url: str) -> bytes:
        self.asked.append(parse_qs(urlsplit(url).query))
        query = self.asked[-1]["query"][0]
        name = (
            "long"
            if "route=~" in query
            else "latency"
            if "duration" in query
            else "errors"
            if "5.." in query
            else "requests"
        )
        result = [{"metric": labels, "values": self._values(values)} for labels, values in self.series.get(name, [])]
        return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}).encode()

    def _values(self, values: list[str]) -> list[Any]:
        return [[(START + (n + 1) * SLICE).timestamp(), value] for n, value in enumerate(values) if value]


def signals(get: Any) -> PrometheusSignals:
    return PrometheusSignals("http://prometheus:9090/", SHAPE, get)


def test_slices_are_increases_rounded_to_whole_requests() -> None:
    prometheus = FakePrometheus({
        "requests": [({}, ["100.4", "50"])],
        "errors": [({}, ["1.6"])],
        "latency": [
            ({"le": "0.1"}, ["80.2", "50"]), ({"le": "0.2"}, ["95.1", "50"]), ({"le": "10"}, ["99.6", "50"]),
            ({"le": "+Inf"}, ["100.4", "50"]),
        ],
        "long": [({"le": "1.5"}, ["7.2"]), ({"le": "10"}, ["8.9"]), ({"le": "+Inf"}, ["10.1"])],
    })  # fmt: skip
    found = signals(prometheus).slices([START, START + SLICE])
    first = found[START]
    assert (first.requests, first.errors, first.latencies, first.beyond) == (100, 2, {100: 80, 200: 15, 10_000: 5}, 0)
    assert (first.within(200), first.timed) == (95, 100)
    assert (first.long, first.long_slow) == (10, 3)
    assert (found[START + SLICE].requests, found[START + SLICE].errors) == (50, 0)


def test_each_slice_is_asked_for_at_its_end_over_its_own_length() -> None:
    prometheus = FakePrometheus({})
    assert signals(prometheus).slices([START, START + SLICE]) == {}
    for asked in prometheus.asked:
        assert float(asked["start"][0]) == (START + SLICE).timestamp()
        assert float(asked["end"][0]) == (START + 2 * SLICE).timestamp()
        assert asked["step"] == ["300"]
        assert "[300s]" in asked["query"][0]
    assert len(prometheus.asked) == 4


def test_long_routes_are_matched_as_they_are_written() -> None:
    prometheus = FakePrometheus({})
    shape = replace(SHAPE, long_routes=("/v1/query", "/api/v1/stats/*"))
    PrometheusSignals("http://prometheus:9090", shape, prometheus).slices([START])
    assert 'route=~"/v1/query|/api/v1/stats/.*"' in prometheus.asked[3]["query"][0]
    assert 'route!~"/v1/query|/api/v1/stats/.*"' in prometheus.asked[2]["query"][0]


def test_a_slice_that_was_not_scraped_is_left_out_and_nan_is_no_number() -> None:
    prometheus = FakePrometheus({"requests": [({}, ["", "NaN", "3"])]})
    assert list(signals(prometheus).slices([START + n * SLICE for n in range(3)])) == [START + 2 * SLICE]


def test_extrapolation_never_makes_more_errors_than_requests() -> None:
    prometheus = FakePrometheus({"requests": [({}, ["2.4"])], "errors": [({}, ["2.6"])]})
    assert signals(prometheus).slices([START])[START].errors == 2


@pytest.mark.parametrize(
    "answer", [b"<html>", b"[]", b'{"status": "error", "error": "bad query"}', b'{"status": "success"}']
)
def test_an_answer_that_is_none_is_an_outage_of_the_source(answer: bytes) -> None:
    with pytest.raises(SignalsUnavailable):
        signals(lambda _url: answer).slices([START])


def test_only_http_is_fetched() -> None:
    with pytest.raises(SignalsUnavailable, match="no address"):
        fetch("file:///etc/passwd")
