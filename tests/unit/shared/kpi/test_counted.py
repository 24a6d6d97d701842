from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from shared.kpi.counted import SETTLED, Counted
from shared.kpi.counts import Counts

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, tzinfo=UTC)


class FakeDays:
    def __init__(self) -> None:
        self.days: dict[datetime, Counts] = {}
        self.asked: list[datetime] = []

    def __call__(self, since: datetime) -> Mapping[datetime, Counts]:
        self.asked.append(since)
        return {start: counts for start, counts in self.days.items() if start >= since}


def test_nothing_was_counted_at_first() -> None:
    assert Counted(FakeDays()).total(START) == Counts()


def test_the_total_is_of_all_days_and_only_the_last_ones_are_read_again() -> None:
    days = FakeDays()
    counted = Counted(days)
    for number in range(30):
        days.days[START + number * DAY] = Counts(requests=10, errors=1, latencies={200: 9}, beyond=1)
        found = counted.total(START + number * DAY + DAY / 2)
        assert (found.requests, found.errors, found.within(200)) == (10 * (number + 1), number + 1, 9 * (number + 1))
    assert days.asked[-1] > START + 29 * DAY - SETTLED - DAY


def test_a_slice_that_is_read_late_still_counts() -> None:
    days = FakeDays()
    counted = Counted(days)
    days.days = {START + number * DAY: Counts(requests=10) for number in range(20)}
    assert counted.total(START + 20 * DAY).requests == 200
    days.days[START + 15 * DAY] = Counts(requests=25)
    assert counted.total(START + 20 * DAY).requests == 215
