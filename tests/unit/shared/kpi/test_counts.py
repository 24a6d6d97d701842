from typing import Any

import pytest

from shared.kpi.counts import Counts, WrongCounts
from shared.kpi.exclusions import Exclusion
from shared.kpi.measure import measure
from shared.kpi.timeline import Key, Span
from tests.unit.shared.kpi.traffic import BAD_ABOVE, NOW, SLICE


@pytest.mark.parametrize("value", [float("nan"), 1.0, -1, True, None, "1"])
@pytest.mark.parametrize("name", ["requests", "errors", "beyond", "probes_passed"])
def test_what_is_not_a_whole_number_cannot_enter(name: str, value: Any) -> None:
    with pytest.raises(WrongCounts, match="must be a whole number from 0"):
        Counts(**{name: value})


@pytest.mark.parametrize("latencies", [{200: float("nan")}, {200: -1}, {0.2: 1}])
def test_latencies_are_whole_numbers_as_well(latencies: Any) -> None:
    with pytest.raises(WrongCounts):
        Counts(latencies=latencies)


def test_more_errors_than_requests_cannot_be() -> None:
    with pytest.raises(WrongCounts, match="3 errors among 2 requests"):
        Counts(requests=2, errors=3)


def test_more_bad_slices_than_slices_cannot_be() -> None:
    with pytest.raises(WrongCounts, match="1 bad slices among 0"):
        Counts(bad_slices=1)


def test_a_bound_that_the_history_lacks_counts_too_few_as_fast_never_too_many() -> None:
    assert Counts(latencies={200: 5, 500: 3}).within(300) == 5


def test_histories_of_different_bounds_add_up() -> None:
    assert (Counts(latencies={200: 1, 500: 1}) + Counts(latencies={200: 1, 250: 1})).within(250) == 3


def test_a_roll_up_of_more_slices_than_fit_is_refused() -> None:
    span = Span(NOW - SLICE, NOW)
    with pytest.raises(WrongCounts, match="more slices"):
        measure({Key("slice", span.start): Counts(slices=2)}, span, (), SLICE, bad_above=BAD_ABOVE)


def test_a_span_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Exclusion(Span(NOW, NOW - SLICE), "planned")


def test_a_span_is_in_utc() -> None:
    with pytest.raises(ValueError, match="UTC"):
        Span(NOW.replace(tzinfo=None), NOW.replace(tzinfo=None))
