"""Every row of `make bench` is measured, so that none of them can rot. Figures of this size mean nothing."""

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.__main__ import ROWS, measured
from bench.context import Context
from bench.figures import times
from bench.load import idle_server
from bench.outcome import Outcome
from bench.peers import Peer
from bench.rows import ingest_http
from bench.size import SMALL
from tests.servers import server_folder

WITH_A_SYSTEM = "make_run"
"""Measured by an end-to-end test, where a local system is at hand: tests/e2e/test_bench.py."""


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    with server_folder("bench") as folder, Context(folder / "state", size=SMALL) as context:
        yield context


@pytest.mark.parametrize("row", [name for name in ROWS if name != WITH_A_SYSTEM])
def test_every_row_is_measured(context: Context, row: str) -> None:
    outcomes = list(measured(row, context))
    assert outcomes
    for outcome in outcomes:
        assert_measured(outcome, row)


def assert_measured(outcome: Outcome, row: str) -> None:
    assert outcome.problem == "", outcome.what
    assert outcome.row == row
    assert any(character.isdigit() for character in outcome.measured), outcome
    assert outcome.figures
    assert all(math.isfinite(figure) for figure in outcome.figures.values()), outcome.figures
    assert any(figure > 0 for figure in outcome.figures.values()), outcome.figures


def test_umami_is_measured_beside_ours_only_when_its_address_is_given(context: Context) -> None:
    assert list(ingest_http.umami(context, "ingest_single", "umami", "requests_per_second", 1)) == []
    with idle_server() as base_url:
        beside = replace(context, umami=Peer(base_url=base_url, site="anything"))
        [outcome] = ingest_http.umami(beside, "ingest_single", "umami", "requests_per_second", 1_000_000)
    assert_measured(outcome, "ingest_single")
    assert outcome.ratio == times(1_000_000 / outcome.figures["requests_per_second"])
