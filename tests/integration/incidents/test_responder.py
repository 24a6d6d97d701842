import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.event import Event
from tests.examples import examples
from tests.integration.incidents.conftest import Responder, responding
from tests.unit.shared.incidents.test_backup_jobs import job
from tests.unit.shared.incidents.told import (
    alarm,
    kpi_breached,
    kpi_recovered,
    probe_failed,
    probe_recovered,
    task_failed,
    task_passed,
)
from tests.unit.shared.incidents.world import World, at

CALLS = 14  # to AWS at most, of one invocation
STORY: tuple[Event | float, ...] = (  # events, and minutes at which the clock strikes
    probe_failed(0, "analytics"), kpi_breached(1), 2, task_failed(3), 16, probe_recovered(18), 19, 20, 21,
    task_passed(30), kpi_recovered(61), 62,
)  # fmt: skip


def undisturbed() -> World:
    world = World()
    for step in STORY:
        world.tick(step) if isinstance(step, int | float) else world.hear(step)
    return world


def play(responder: Responder, step: Event | float) -> None:
    responder.tick(at(step)) if isinstance(step, int | float) else responder.deliver(step)


@settings(max_examples=examples(6))
@given(crash_at=st.integers(0, CALLS - 1), after=st.booleans())
def test_a_crash_at_any_call_leaves_the_same_incidents_and_the_same_events(crash_at: int, *, after: bool) -> None:
    expected = undisturbed()
    with responding() as responder:
        responder.aws.crash_at, responder.aws.after = crash_at, after
        for step in STORY:
            play(responder, step)
        responder.aws.crash_at = None
        world = responder.world
        assert world.all() == expected.all()
        assert world.told() == expected.told()
        assert world.reviews_told() == expected.reviews_told()
        assert world.impacting() == expected.impacting()
        for incident in world.all():
            assert world.incidents.timeline(incident.id) == expected.incidents.timeline(incident.id)


def test_the_story_is_worth_telling() -> None:
    world = undisturbed()
    assert [change for _, change in world.changes()] == [
        "opened", "escalated", "monitoring", "resolved", "opened", "monitoring", "resolved",
    ]  # fmt: skip
    assert len(world.reviews.open_ones()) == 1, "one outage has one review"


def test_every_event_three_times_and_in_reverse_tells_the_same(responder: Responder) -> None:
    events = [probe_failed(0, "analytics"), task_failed(1), probe_recovered(4), task_passed(5)]
    for event in (*events[::-1], *events, *events[::-1]):
        responder.deliver(event)
    expected = World()
    expected.hear(*events)
    assert responder.world.told() == expected.told()


def test_no_invocation_makes_more_calls_than_are_crashed(responder: Responder) -> None:
    most = 0
    for step in STORY:
        play(responder, step)
        most = max(most, len(responder.aws.operations))
    assert most <= CALLS


def test_a_rival_that_is_faster_is_joined(responder: Responder) -> None:
    responder.aws.before_write = lambda: responder.world.hear(kpi_breached(1))
    assert responder.deliver(probe_failed(0, "analytics")) == {"probe-service-0-failed": "joined"}
    assert responder.world.only().signals == 2


def test_alarms_come_as_notifications(responder: Responder) -> None:
    failing = alarm(0, "p09-test-P09StreamWaiting", description="[page] Accepted events wait. See the worker.")
    quiet = alarm(1, "other", state="INSUFFICIENT_DATA")
    report = responder.notify(failing, quiet)
    assert list(report.values()) == ["opened"]
    assert responder.notify(failing) == dict.fromkeys(report, "repeated")
    responder.notify(alarm(5, "p09-test-P09StreamWaiting", state="OK"))
    assert responder.world.only().state == "monitoring"


def test_a_detail_that_is_no_event_of_the_catalogue_is_refused_and_kept_by_who_delivers(responder: Responder) -> None:
    wrong: dict[str, Any] = {"detail-type": "ProbeFailed", "detail": {"id": "1"}}
    with pytest.raises(ValueError, match="ProbeFailed has the fields"):
        responder.invoke(wrong)


def test_what_is_told_fits_into_the_outbox_of_the_table(responder: Responder) -> None:
    responder.deliver(probe_failed(0, "analytics"))
    (left,) = responder.table.query("outbox")
    assert left["detail_type"] == "IncidentChanged"
    assert json.loads(str(left["detail"]))["change"] == "opened"


def test_a_failed_job_of_aws_backup_is_heard_as_the_default_bus_brings_it(responder: Responder) -> None:
    responder.invoke(job("Backup", "RUNNING"))
    assert responder.world.all() == []
    responder.invoke(job("Backup", "FAILED", statusMessage="The vault does not exist."))
    assert responder.world.only().title == "AWS Backup could not back up p09-prod-postgres"
