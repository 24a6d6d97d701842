from datetime import UTC, datetime, timedelta

import pytest

from shared.calendar.edit import Calendar
from shared.calendar.model import LONGEST, Entry, Plan
from shared.calendar.store import CalendarStore
from shared.kpi.exclusions import Exclusion
from shared.kpi.timeline import Span
from shared.together.maintenances import exclusions, maintenances_at, outage_of
from tests.memory_table import MemoryTable
from tests.unit.shared.incidents.told import probe_failed, probe_recovered, task_failed
from tests.unit.shared.incidents.world import World

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


def test_a_maintenance_in_an_outage_excludes_and_silences_nothing_before_a_second_person_has_agreed(
    calendar: CalendarStore,
) -> None:
    asked = Plan(
        kind="maintenance", title="Mend it", reason="It is down", start=START, end=END, components=("analytics",)
    )
    entry = Calendar(calendar, ["analytics"], by="ada", now=START, outage=lambda _those: "INC").plan(asked)
    later = START + timedelta(minutes=20)
    assert (exclusions(calendar, Span(START, END)), maintenances_at(calendar, later)) == ([], [])
    Calendar(calendar, ["analytics"], by="grace", now=later).confirm(entry.id)
    assert [one.span for one in exclusions(calendar, Span(START, END))] == [Span(later, END)]
    assert maintenances_at(calendar, later - SECOND) == []
    assert len(maintenances_at(calendar, later)) == 1


def test_a_maintenance_that_begins_now_excludes_nothing_of_the_minutes_before_it_was_planned(
    calendar: CalendarStore,
) -> None:
    asked = Plan(kind="maintenance", title="Now", reason="-", start=START, end=END, components=("analytics",))
    Calendar(calendar, ["analytics"], by="ada", now=START + timedelta(seconds=90)).plan(asked)
    assert [one.span for one in exclusions(calendar, Span(START, END))] == [Span(START + timedelta(seconds=90), END)]


def test_an_outage_is_an_open_incident_that_customers_of_a_component_feel() -> None:
    world = World()
    world.hear(task_failed(0))
    assert outage_of(world.incidents, ["analytics"]) == ""
    world.hear(probe_failed(1, "analytics"))
    service = world.all()[-1]
    assert outage_of(world.incidents, ["analytics", "console"]) == service.id
    assert outage_of(world.incidents, ["console"]) == ""
    world.hear(probe_recovered(2, "analytics"))
    world.tick(5)
    assert outage_of(world.incidents, ["analytics"]) == ""
