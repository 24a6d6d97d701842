from datetime import UTC, datetime, timedelta

import pytest

from shared.calendar.edit import Calendar
from shared.calendar.model import LONGEST, Entry, Plan
from shared.calendar.store import CalendarStore
from shared.kpi.exclusions import Exclusion
from shared.kpi.timeline import Span
from shared.together.maintenances import exclusions, maintenances_at
from tests.memory_table import MemoryTable

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
END = START + LONGEST["maintenance"]


@pytest.fixture
def calendar() -> CalendarStore:
    return CalendarStore(MemoryTable())


def plan(calendar: CalendarStore, kind: str = "maintenance", end: datetime = END) -> Entry:
    """As long as the calendar allows."""
    asked = Plan(kind=kind, title="Upgrade", reason="A new version", start=START, end=end, components=("analytics",))  # type: ignore[arg-type]  # parametrized as text
    return Calendar(calendar, ["analytics"], by="ada", now=START - DAY).plan(asked)


@pytest.mark.parametrize(("at", "on"), [
    (START - SECOND, False),
    (START, True),
    (START + 2.5 * DAY, True),
    (END - SECOND, True),
    (END, False),
])  # fmt: skip
def test_the_longest_maintenance_covers_failures_from_its_first_second_to_its_last(
    calendar: CalendarStore, at: datetime, *, on: bool
) -> None:
    plan(calendar)
    assert [one.components for one in maintenances_at(calendar, at)] == ([{"analytics"}] if on else [])


@pytest.mark.parametrize(("span", "excluded"), [
    (Span(START - DAY, START), False),
    (Span(START - DAY, START + SECOND), True),
    (Span(START + 2.5 * DAY, START + 3 * DAY), True),
    (Span(END - SECOND, END + 90 * DAY), True),
    (Span(END, END + 90 * DAY), False),
])  # fmt: skip
def test_kpis_leave_out_the_longest_maintenance_wherever_it_overlaps_what_they_look_at(
    calendar: CalendarStore, span: Span, *, excluded: bool
) -> None:
    plan(calendar)
    expected = [Exclusion(Span(START, END), "A new version")] if excluded else []
    assert exclusions(calendar, span) == expected


def test_a_freeze_covers_nothing_and_is_left_out_by_nobody(calendar: CalendarStore) -> None:
    plan(calendar, "freeze")
    assert maintenances_at(calendar, START + DAY) == []
    assert exclusions(calendar, Span(START, END)) == []


def test_what_was_cancelled_counts_as_little_and_what_ended_early_until_then(calendar: CalendarStore) -> None:
    cancelled, ended = plan(calendar), plan(calendar, end=END - DAY)
    Calendar(calendar, [], by="ada", now=START - SECOND).cancel(cancelled.id, "Not needed.")
    Calendar(calendar, [], by="ada", now=START + DAY).cancel(ended.id, "It is done.")
    assert len(maintenances_at(calendar, START + DAY - SECOND)) == 1
    assert maintenances_at(calendar, START + DAY) == []
    assert [one.span for one in exclusions(calendar, Span(START, END))] == [Span(START, START + DAY)]
