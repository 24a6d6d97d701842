import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.calendar.edit import Calendar, UnknownEntry
from shared.calendar.model import NOTICE, Entry, Plan
from shared.calendar.store import CalendarStore
from shared.calendar.tick import tick
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.refusals import NotAllowed, NotNow, Refused
from tests.memory_table import MemoryTable

NOW = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = Plan(
    kind="maintenance", title="Upgrade", reason="The database gets its next version.", start=NOW + HOUR,
    end=NOW + 2 * HOUR, components=("analytics",),
)  # fmt: skip
FREEZE = Plan(
    kind="freeze", title="Holidays", reason="Nobody is there.", start=NOW + HOUR, end=NOW + timedelta(days=20)
)


@pytest.fixture
def table() -> MemoryTable:
    return MemoryTable()


@pytest.fixture
def store(table: MemoryTable) -> CalendarStore:
    return CalendarStore(table)


@pytest.fixture
def at(store: CalendarStore) -> Callable[[datetime], Calendar]:
    return lambda now: Calendar(store, ["console", "analytics"], by="ada", now=now)


At = Callable[[datetime], Calendar]


def told(table: MemoryTable) -> list[dict[str, Any]]:
    """What waits in the outbox, in its order."""
    return [json.loads(str(item["detail"])) for item in table.query("outbox")]


def changes(table: MemoryTable) -> list[str]:
    return [event["change"] for event in told(table)]


def test_what_is_planned_is_found_by_its_id_and_by_its_span(store: CalendarStore, at: At) -> None:
    entry = at(NOW).plan(PLAN)
    assert store.get(entry.id) == entry
    assert store.between(NOW, NOW + timedelta(days=1)) == [entry]
    assert store.between(entry.plan.end, entry.plan.end + HOUR) == []
    assert store.between(NOW, NOW + timedelta(days=1), ["freeze"]) == []


def test_planning_tells_who_listens_in_the_same_transaction(table: MemoryTable, at: At) -> None:
    entry = at(NOW).plan(PLAN)
    [event] = told(table)
    assert event["id"] == f"{entry.id}-1-planned"
    assert (event["entry"], event["kind"], event["components"]) == (entry.id, "maintenance", ["analytics"])
    assert (event["start"], event["reason"]) == ("2026-11-24T13:00:30Z", PLAN.reason)


def test_a_request_that_is_sent_twice_plans_once(table: MemoryTable, at: At) -> None:
    assert at(NOW).plan(PLAN) == at(NOW + timedelta(seconds=5)).plan(PLAN)
    assert changes(table) == ["planned"]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (replace(PLAN, end=PLAN.start), "end"),
        (replace(PLAN, end=PLAN.start + timedelta(days=7, seconds=1)), "end"),
        (replace(FREEZE, end=FREEZE.start + timedelta(days=31, seconds=1)), "end"),
        (replace(PLAN, start=NOW - timedelta(minutes=3)), "start"),
        (replace(PLAN, components=("analytics", "kitchen")), "components"),
        (replace(PLAN, components=()), "components"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_field_to_mend(
    table: MemoryTable, at: At, plan: Plan, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        at(NOW).plan(plan)
    assert [fault.pointer for fault in refused.value.faults] == [f"/{field}"]
    assert table.items == {}


def test_what_begins_now_can_still_be_planned_though_the_request_took_a_while(at: At) -> None:
    assert at(NOW).plan(replace(PLAN, start=NOW - timedelta(minutes=1))).state(NOW) == "active"


def test_a_new_start_moves_the_entry_and_leaves_nothing_behind(
    table: MemoryTable, store: CalendarStore, at: At
) -> None:
    entry = at(NOW).plan(PLAN)
    later = at(NOW).change(entry.id, start=PLAN.start + HOUR, end=PLAN.end + HOUR)
    assert [item["sk"] for item in table.query("maintenance")] == [f"2026-11-24T14:00:30Z#{entry.id}"]
    assert store.get(entry.id) == later
    assert changes(table) == ["planned", "changed"]


def test_a_change_that_changes_nothing_tells_nothing(table: MemoryTable, at: At) -> None:
    entry = at(NOW).plan(PLAN)
    assert at(NOW).change(entry.id, title=PLAN.title) == entry
    assert changes(table) == ["planned"]


def test_once_it_has_begun_its_end_can_be_moved_but_not_its_start(at: At) -> None:
    entry, during = at(NOW).plan(PLAN), PLAN.start + timedelta(minutes=5)
    assert at(during).change(entry.id, end=PLAN.end + HOUR).plan.end == PLAN.end + HOUR
    with pytest.raises(Refused, match="has begun"):
        at(during).change(entry.id, start=PLAN.start + HOUR)
    with pytest.raises(Refused, match="in the past"):
        at(during).change(entry.id, end=during - timedelta(minutes=1))


def test_cancelling_what_has_begun_ends_it_now_and_keeps_what_was_of_it(table: MemoryTable, at: At) -> None:
    entry, during = at(NOW).plan(PLAN), PLAN.start + timedelta(minutes=5)
    ended = at(during).cancel(entry.id, "Done early.")
    assert (ended.state(during), ended.plan.end, ended.cancelled) == ("ended", during, False)
    assert [item["end"] for item in table.query("maintenance")] == ["2026-11-24T13:05:30Z"]
    assert changes(table) == ["planned", "began", "ended"]
    assert told(table)[-1]["reason"] == "Done early."


def test_what_is_over_stays_as_it_is(at: At) -> None:
    entry = at(NOW).plan(PLAN)
    with pytest.raises(NotNow, match="is over"):
        at(PLAN.end).change(entry.id, title="Another")
    with pytest.raises(NotNow, match="is over"):
        at(PLAN.end).cancel(entry.id, "Too late.")
    at(NOW).cancel(entry.id, "Not needed.")
    with pytest.raises(NotNow, match="was cancelled"):
        at(NOW).cancel(entry.id, "Again.")


def test_what_does_not_exist_can_be_neither_changed_nor_cancelled(at: At) -> None:
    with pytest.raises(UnknownEntry):
        at(NOW).change("maintenance-000000000000", title="x")
    with pytest.raises(UnknownEntry):
        at(NOW).cancel("maintenance-000000000000", "x")


def test_who_comes_second_does_not_overwrite_what_the_first_wrote(
    table: MemoryTable, store: CalendarStore, at: At
) -> None:
    entry = at(NOW).plan(PLAN)
    table.before_write = lambda: at(NOW).change(entry.id, title="First")
    with pytest.raises(Overtaken):
        at(NOW).change(entry.id, title="Second")
    assert [one.plan.title for one in store.between(NOW, PLAN.end)] == ["First"]


def test_beginning_and_end_are_told_once_however_often_somebody_looks(
    table: MemoryTable, store: CalendarStore, at: At
) -> None:
    entry = at(NOW).plan(PLAN)
    assert tick(store, NOW) == []
    for now in (PLAN.start, PLAN.start, PLAN.start + HOUR / 2, PLAN.end, PLAN.end, PLAN.end + timedelta(days=5)):
        tick(store, now)
    assert changes(table) == ["planned", "began", "ended"]
    assert [event["id"] for event in told(table)[1:]] == [f"{entry.id}-began", f"{entry.id}-ended"]
    assert [event["at"] for event in told(table)[1:]] == ["2026-11-24T13:00:30Z", "2026-11-24T14:00:30Z"]


def test_after_an_outage_both_steps_are_told_in_order(store: CalendarStore, at: At) -> None:
    at(NOW).plan(PLAN)
    assert [event.change for event in tick(store, PLAN.end + timedelta(days=2))] == ["began", "ended"]


def test_two_who_look_at_once_tell_it_once(table: MemoryTable, store: CalendarStore, at: At) -> None:
    at(NOW).plan(PLAN)
    table.before_write = lambda: tick(store, PLAN.start)
    assert tick(store, PLAN.start) == []
    assert changes(table) == ["planned", "began"]


def test_what_was_cancelled_neither_begins_nor_ends(table: MemoryTable, store: CalendarStore, at: At) -> None:
    entry = at(NOW).plan(PLAN)
    at(NOW).cancel(entry.id, "Not needed.")
    assert tick(store, PLAN.start) == []
    found = store.get(entry.id)
    assert found is not None
    assert found.state(PLAN.start) == "cancelled"
    assert changes(table) == ["planned", "cancelled"] or changes(table) == ["cancelled", "planned"]


def test_what_is_active_follows_the_clock(store: CalendarStore, at: At) -> None:
    maintenance, freeze = at(NOW).plan(PLAN), at(NOW).plan(FREEZE)

    def ids(entries: list[Entry]) -> set[str]:
        return {entry.id for entry in entries}

    assert ids(store.active(NOW)) == set()
    assert ids(store.active(PLAN.start)) == {maintenance.id, freeze.id}
    assert ids(store.active(PLAN.end)) == {freeze.id}
    assert ids(store.active(PLAN.start, ["maintenance"])) == {maintenance.id}


@pytest.mark.parametrize(("plan", "after"), [(PLAN, timedelta(days=7)), (FREEZE, timedelta(days=31))])
def test_an_entry_is_active_from_its_start_until_its_end_and_may_be_as_long_as_it_may(
    at: At, plan: Plan, after: timedelta
) -> None:
    entry, tick = at(NOW).plan(replace(plan, end=plan.start + after)), timedelta(microseconds=1)
    moments = [plan.start - tick, plan.start, plan.start + after - tick, plan.start + after]
    assert [entry.state(moment) for moment in moments] == ["planned", "active", "active", "ended"]


def test_an_entry_overlaps_no_span_that_it_only_touches(store: CalendarStore, at: At) -> None:
    entry, tick = at(NOW).plan(PLAN), timedelta(seconds=1)
    assert store.between(PLAN.start - HOUR, PLAN.start) == store.between(PLAN.end, PLAN.end + HOUR) == []
    assert store.between(PLAN.start - HOUR, PLAN.start + tick) == [entry]
    assert store.between(PLAN.end - tick, PLAN.end + HOUR) == [entry]


SOON = replace(PLAN, start=NOW + timedelta(minutes=1))
OUTAGE = "INC-20261124-115000-3f9a0c"


def during(store: CalendarStore, by: str, now: datetime = NOW) -> Calendar:
    """While customers of analytics are affected by an incident."""
    return Calendar(
        store, ["console", "analytics"], by=by, now=now, outage=lambda those: OUTAGE if "analytics" in those else ""
    )


def test_a_maintenance_that_begins_in_an_outage_waits_for_a_second_person(
    table: MemoryTable, store: CalendarStore
) -> None:
    entry = during(store, "ada").plan(SOON)
    later = NOW + timedelta(minutes=10)
    assert (entry.state(NOW), entry.state(later), entry.during) == ("waiting", "waiting", OUTAGE)
    assert (store.active(later), tick(store, later), told(table)) == ([], [], [])
    with pytest.raises(NotAllowed, match="a second person has to agree"):
        during(store, "ada", later).confirm(entry.id)
    agreed = during(store, "grace", later).confirm(entry.id)
    assert (agreed.state(later), agreed.second_by, agreed.excused_from) == ("active", "grace", later.replace(second=30))
    assert [event.change for event in tick(store, later)] == ["began"]
    assert changes(table) == ["planned", "began"]
    with pytest.raises(NotNow, match="waits for nobody"):
        during(store, "alan", later).confirm(entry.id)


def test_who_changed_it_is_no_second_person_either(store: CalendarStore) -> None:
    entry = during(store, "ada").plan(SOON)
    during(store, "grace").change(entry.id, title="Another")
    with pytest.raises(NotAllowed):
        during(store, "grace").confirm(entry.id)
    assert during(store, "alan").confirm(entry.id).second_by == "alan"


def test_what_nobody_agreed_to_in_its_time_never_was(table: MemoryTable, store: CalendarStore) -> None:
    entry = during(store, "ada").plan(SOON)
    assert entry.state(SOON.end) == "cancelled"
    with pytest.raises(NotNow):
        during(store, "grace", SOON.end).confirm(entry.id)
    assert told(table) == []


@pytest.mark.parametrize("plan", [
    replace(SOON, components=("console",)), replace(SOON, start=NOW + NOTICE, end=NOW + 2 * NOTICE),
    replace(FREEZE, start=NOW + timedelta(minutes=1)),
])  # fmt: skip
def test_what_can_hide_no_outage_needs_nobody_else(store: CalendarStore, plan: Plan) -> None:
    assert during(store, "ada").plan(plan).state(NOW) == "planned"


def test_a_plan_is_not_widened_over_an_outage(store: CalendarStore, at: At) -> None:
    entry = at(NOW).plan(replace(SOON, components=("console",)))
    with pytest.raises(Refused, match=f"{OUTAGE} is open: plan another maintenance"):
        during(store, "ada").change(entry.id, components=("console", "analytics"))
    assert during(store, "ada").change(entry.id, end=SOON.end + HOUR).plan.end == (SOON.end + HOUR).replace(
        microsecond=0
    )


def test_an_entry_of_before_entries_said_so_was_announced_when_it_was_made(
    table: MemoryTable, store: CalendarStore, at: At
) -> None:
    entry = at(NOW).plan(PLAN)
    for item in table.items.values():
        for name in ("during", "second_by", "announced_at"):
            item.pop(name, None)
    found = store.get(entry.id)
    assert found
    assert (found.announced_at, found.excused_from, found.waits) == (None, PLAN.start, False)
