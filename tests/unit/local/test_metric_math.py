from __future__ import annotations

import pytest

from local.metric_math import UnknownMath, value_of

RATIO = "IF(FILL(requests, 0) >= 200, (FILL(m0, 0) + FILL(m1, 0)) / requests, 0)"


def test_a_ratio_counts_missing_buckets_as_none() -> None:
    assert value_of(RATIO, {"requests": 1000.0, "m0": 40.0, "m1": None}) == pytest.approx(0.04)


def test_too_few_requests_judge_nothing() -> None:
    assert value_of(RATIO, {"requests": 199.0, "m0": 199.0, "m1": None}) == 0
    assert value_of(RATIO, {"requests": None, "m0": None, "m1": None}) == 0


def test_what_is_missing_stays_missing() -> None:
    assert value_of("m0", {"m0": None}) is None
    assert value_of("m0 + 1", {"m0": None}) is None
    assert value_of("IF(m0 > 1, 1, 2)", {"m0": None}) is None


def test_what_is_divided_by_zero_is_missing() -> None:
    assert value_of("m0 / requests", {"m0": 0.0, "requests": 0.0}) is None


@pytest.mark.parametrize("expression", ["SUM(METRICS())", "m0 ** 2", "-m0", "m0 if m0 else 1", "'text'", "1 < m0 < 2"])
def test_what_is_not_known_is_refused(expression: str) -> None:
    with pytest.raises(UnknownMath):
        value_of(expression, {"m0": 1.0})
