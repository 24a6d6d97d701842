from datetime import UTC, datetime, timedelta

from shared.changes.acts import Act, planned
from shared.changes.dora import dora, weeks
from shared.changes.model import Change, Plan
from shared.changes.model import Entry as Line
from shared.platform.actor import Actor

ADA = Actor(name="ada")
START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=10)
HOUR = timedelta(hours=1)


def change(promoted: datetime, *, committed_before: timedelta, back_after: timedelta | None = None) -> Change:
    plan = Plan(
        title="x", impact="x", commit="c", digest="d", committed_at=promoted - committed_before, planned_for=promoted,
        migrations_compatible=True,
    )  # fmt: skip
    found = planned("CHG-1", plan, Act(by=ADA, at=START))
    story = [*found.story, Line(at=promoted, by="p", happened="promoted", why="")]
    if back_after:
        story.append(Line(at=promoted + back_after, by="p", happened="rolled_back", why=""))
    return Change(id="CHG-1", plan=plan, author="ada", story=tuple(story))


def test_the_four_figures_are_of_what_went_to_production_in_the_span() -> None:
    changes = [
        change(START, committed_before=2 * HOUR),
        change(START + 5 * HOUR, committed_before=4 * HOUR, back_after=HOUR),
        change(END - HOUR, committed_before=12 * HOUR),
        change(END, committed_before=100 * HOUR),
        planned("CHG-2", changes_plan(), Act(by=ADA, at=START)),
    ]
    found = dora(changes, START, END)
    assert (found.deployments, found.per_day) == (3, 0.3)
    assert found.lead_time == 4 * HOUR
    assert found.failure_rate == 1 / 3
    assert found.time_to_restore == HOUR


def test_of_nothing_nothing_is_said() -> None:
    found = dora([], START, END)
    assert (found.deployments, found.lead_time, found.failure_rate, found.time_to_restore) == (0, None, None, None)


def test_weeks_begin_on_mondays_and_the_span_cuts_the_first_and_the_last() -> None:
    sunday_night, monday = START + 23 * HOUR, START + 24 * HOUR
    changes = [change(at, committed_before=HOUR) for at in (sunday_night, monday, monday + 2 * HOUR)]
    found = weeks(changes, START, END)
    assert [(start.day, week.deployments) for start, week in found] == [(1, 1), (2, 2), (9, 0)]
    assert found[1][1].per_day == round(2 / 7, 3)
    assert found[2][1].lead_time is None


def changes_plan() -> Plan:
    return change(START, committed_before=HOUR).plan
