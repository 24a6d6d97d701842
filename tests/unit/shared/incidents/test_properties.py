from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.events.event import Event
from tests.unit.shared.incidents.told import (
    audit_altered,
    glass_approved,
    glass_unapproved,
    kpi_breached,
    kpi_recovered,
    probe_failed,
    probe_recovered,
    role_settled,
    role_unexpected,
    task_failed,
    task_missed,
    task_passed,
)
from tests.unit.shared.incidents.world import World, at

ONE_CYCLE = (probe_failed(0, "analytics"), probe_recovered(4, "analytics"))
TWO_CAUSES = (*ONE_CYCLE, task_failed(1), task_passed(3))
ACCESS = (
    audit_altered(0), role_unexpected(0), role_settled(1440), glass_unapproved(5), glass_approved(60),
)  # fmt: skip
ONE_OUTAGE = (
    *ONE_CYCLE, kpi_breached(1), kpi_recovered(64), task_failed(2, "health_check"), task_passed(5, "health_check"),
)  # fmt: skip
FLAPPING = (
    probe_failed(0, "analytics"), probe_recovered(1), probe_failed(2, "collection"), probe_recovered(3),
    task_missed(0), task_failed(1), task_passed(2),
)  # fmt: skip


def deliveries(events: tuple[Event, ...]) -> st.SearchStrategy[list[Event]]:
    """Every event one to three times, in any order."""
    return st.lists(st.integers(1, 3), min_size=len(events), max_size=len(events)).flatmap(
        lambda counts: st.permutations(
            [event for event, count in zip(events, counts, strict=True) for _ in range(count)]
        )
    )


def heard(events: Any) -> World:
    world = World()
    world.hear(*events)
    return world


def story(world: World) -> list[tuple[Any, ...]]:
    return [(one.id, one.state, one.title, one.severity, one.customer_impacting, one.opened_at, one.monitoring_since,
             one.components, dict(one.failing), one.signals) for one in world.all()]  # fmt: skip


@given(deliveries(ONE_CYCLE))
def test_one_failure_and_its_recovery_are_one_story_in_any_order(events: list[Event]) -> None:
    world, expected = heard(events), heard(ONE_CYCLE)
    assert [one[:-1] for one in story(world)] == [one[:-1] for one in story(expected)]
    assert world.told() == expected.told()
    assert [change for _, change in world.changes()] == ["opened", "monitoring"]


@given(deliveries(TWO_CAUSES))
def test_two_causes_are_two_stories_in_any_order(events: list[Event]) -> None:
    world, expected = heard(events), heard(TWO_CAUSES)
    assert [one[:-1] for one in story(world)] == [one[:-1] for one in story(expected)]
    assert world.told() == expected.told()


@given(deliveries(ACCESS))
def test_what_is_wrong_with_access_is_one_incident_each_in_any_order(events: list[Event]) -> None:
    world, expected = heard(events), heard(ACCESS)
    assert sorted(one[:-1] for one in story(world)) == sorted(one[:-1] for one in story(expected))
    assert world.told() == expected.told()
    assert Counter(change for _, change in world.changes()) == {"opened": 3, "monitoring": 2}


@given(deliveries(ONE_OUTAGE))
def test_one_outage_seen_by_many_is_one_incident_in_any_order(events: list[Event]) -> None:
    world = heard(events)
    incident = world.only()
    assert (incident.state, incident.severity, incident.customer_impacting, incident.failing) == (
        "monitoring", "page", True, {},
    )  # fmt: skip
    world.tick(70)
    assert world.only().state == "resolved"
    assert Counter(change for _, change in world.changes())["opened"] == 1
    assert len({one["review"] for one in world.reviews_told()}) == 1
    assert (world.only().title, world.only().customers_since) == ("Not available: Analytics", at(0))


@given(deliveries(FLAPPING), st.sets(st.integers(0, 20), max_size=3))
def test_whatever_comes_when_changes_are_numbered_and_everything_ends(events: list[Event], ticks: set[int]) -> None:
    world = World()
    for number, event in enumerate(events):
        world.hear(event)
        if number in ticks:
            world.tick(number)
        causes = [cause for one in world.incidents.open_ones() for cause in one.causes]
        assert len(set(causes)) == len(causes)
    world.tick(60)
    assert {one.state for one in world.all()} == {"resolved"}
    for incident in world.all():
        told = [one for one in world.told() if one["incident"] == incident.id]
        assert [one["sequence"] for one in told] == list(range(1, incident.sequence + 1))
        assert told[0]["change"] == "opened"
        assert len(world.incidents.timeline(incident.id)) == incident.entries
