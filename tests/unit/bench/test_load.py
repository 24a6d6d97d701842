import pytest
import typer

from bench.load import Result, describe, measure
from bench.shapes import SHAPES


@pytest.mark.parametrize("address", ["http://example.com", "https://127.0.0.1", "http://10.0.0.1:80"])
def test_only_plain_http_on_this_machine_is_measured(address: str) -> None:
    with pytest.raises(typer.BadParameter, match="only plain HTTP"):
        measure(address, SHAPES["p09"], site="", headers=[], connections=1, seconds=1, warm_up=0)


@pytest.mark.parametrize(("rate", "verdict"), [(1_000, "the server was the limit"), (9_000, "GENERATOR MAY BE")])
def test_the_description_says_whether_the_generator_was_the_limit(rate: float, verdict: str) -> None:
    found = Result(
        shape="p09-batch",
        connections=16,
        seconds=10,
        accepted=10,
        confirmed=10,
        refused=0,
        broken=0,
        requests_per_second=rate,
        events_per_second=rate * 100,
        p50=0.001,
        p99=0.01,
        ceiling=10_000,
        problem="",
    )
    assert verdict in describe(found)
