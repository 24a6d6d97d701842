from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kpi.burn_down import BurnDown, burn_down, needed_for_burn_down
from shared.kpi.measure import roll_up
from shared.kpi.objectives import objectives
from shared.kpi.timeline import Span, whole_window
from shared.runbook.load import the_runbook
from tests.unit.shared.kpi.traffic import NOW, SLICE, Run, evaluated, maintenance, slices_of

AVAILABILITY, LATENCY, ERROR_RATE, _ = objectives(the_runbook())


def drawn(*runs: Run, at: datetime = NOW) -> BurnDown:
    return burn_down(the_runbook(), AVAILABILITY, roll_up(slices_of(runs, at), SLICE), at)


def test_it_has_a_point_for_each_day_and_each_hour_of_today() -> None:
    ends = [point.at for point in drawn(Run(12, 1000)).points]
    assert len(ends) == 19 + 12
    assert (ends[0].day, ends[18].day, ends[18].hour, ends[-1]) == (2, 20, 0, NOW)


def test_its_last_point_is_the_budget_that_the_evaluation_says() -> None:
    runs = [Run(800, 1000), Run(12, 1000, 30)]
    assert drawn(*runs).points[-1].remaining == evaluated(runs).decisions[0].budget.remaining


def test_a_day_before_any_request_has_no_remaining_budget_to_show() -> None:
    assert drawn(Run(12, 1000)).points[0].remaining is None


def test_the_forecast_is_where_the_lines_cross() -> None:
    found = drawn(Run(504, 1000), Run(72, 1000, 3))
    # 360 of 576 allowed are left of; 144 more than allowed go in six hours: 15 hours.
    assert found.burn_rate == 3
    assert found.forecast.exhausted_at == datetime.fromisoformat("2026-11-21T03:00:00+00:00")
    assert found.forecast.text == (
        "The budget is exhausted at 2026-11-21 03:00 UTC, "
        "if requests go on as in the last 6 hours, and as many of them are bad."
    )


def test_a_burn_of_one_never_exhausts() -> None:
    found = drawn(Run(504, 1000), Run(72, 1000, 1))
    assert found.forecast.exhausted_at is None
    assert found.forecast.text.startswith("The budget lasts until the window ends, if requests go on")


def test_an_exhaustion_after_the_window_is_none() -> None:
    assert drawn(Run(5000, 1000), Run(72, 1000, 2)).forecast.exhausted_at is None


def test_an_exhausted_budget_is_exhausted_now() -> None:
    assert drawn(Run(72, 1000, 5)).forecast.exhausted_at == NOW


def test_a_quiet_night_gives_no_forecast() -> None:
    assert drawn(Run(504, 1000), Run(72, 1, 1)).forecast.text.startswith("No forecast: 72 requests")


def test_it_needs_few_stored_sums_and_nothing_else() -> None:
    history = roll_up(slices_of([Run(5000, 1000, 1)]), SLICE)
    calendar = [maintenance("03:10", "04:20")]
    asked = needed_for_burn_down(the_runbook(), AVAILABILITY, NOW, calendar)
    part = {key: counts for key, counts in history.items() if key in asked}
    assert len(asked) < 100
    assert burn_down(the_runbook(), AVAILABILITY, part, NOW, calendar) == burn_down(
        the_runbook(), AVAILABILITY, history, NOW, calendar
    )


def test_an_hour_is_drawn_slice_by_slice() -> None:
    history = roll_up(slices_of([Run(12, 1000)]), SLICE)
    assert len(burn_down(the_runbook(), ERROR_RATE, history, NOW).points) == 12


@settings(deadline=None)
@given(st.integers(0, 20), st.integers(0, 20))
def test_the_forecast_agrees_with_what_then_happens(before: int, lately: int) -> None:
    found = drawn(Run(500, 1000, before), Run(72, 1000, lately)).forecast
    if found.exhausted_at and found.exhausted_at > NOW:
        slices = (found.exhausted_at - NOW) // SLICE
        runs = [Run(500, 1000, before), Run(72 + slices + 1, 1000, lately)]
        later = evaluated(runs, NOW + (slices + 1) * SLICE).decisions[0].budget
        assert later.exhausted


def test_the_whole_window_of_a_quarter_ends_with_it() -> None:
    span = whole_window("calendar quarter", NOW)
    assert span == Span(
        datetime.fromisoformat("2026-10-01T00:00+00:00"), datetime.fromisoformat("2027-01-01T00:00+00:00")
    )
