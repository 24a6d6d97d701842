"""A change's workflow, walked through in memory: what it waits for, what it does, and what a crash at any point changes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.changes.model import LIFE
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.refusals import NotNow
from tests.unit.shared.changes.test_changes import DIGEST, RUN, WELL, failing, well
from tests.unit.shared.changes.workflow import Workflow

PROVED = ["planned", "staged", "smoke_passed", "load_passed"]


def _waits_for(workflow: Workflow, change: str) -> str:
    workflow.deliver(change)
    found = workflow.waits.get(change)
    assert found
    return found.waits_for


def _whole_way(workflow: Workflow) -> str:
    """From plan to verification, through a freeze and an override; who acts does so whatever the workflow does."""
    workflow.people.facts = replace(WELL, freezes=("Holidays",))
    change = workflow.proved().id
    workflow.deliver(change)
    workflow.people.by("grace").ask_override(change, ("freeze",), "it mends the tills")
    workflow.people.by("alan").second_override(change)
    workflow.deliver(change)
    workflow.people.by("grace").approve(change)
    workflow.deliver(change)
    workflow.people.by("pipeline").promote(change, DIGEST)
    workflow.deliver(change)
    workflow.people.by("pipeline").report(change, "verified", digest=DIGEST, find=well("well"), run=RUN)
    workflow.deliver(change)
    return change


WHOLE_WAY = [
    *PROVED, "held", "override_asked", "overridden", "cleared", "approved", "handed_over", "promoted", "verified",
]  # fmt: skip


def test_a_workflow_waits_for_each_thing_in_turn() -> None:
    workflow = Workflow()
    change = workflow.people.by("ada").plan(replace(workflow.proved().plan, digest="b" * 64)).id
    assert _waits_for(workflow, change) == "pipeline"
    for step in ("staged", "smoke", "load_snapshot"):
        workflow.people.by("pipeline").report(change, step, digest="b" * 64, find=well("well"), run=RUN)
    assert _waits_for(workflow, change) == "approval"
    workflow.people.by("grace").approve(change)
    assert _waits_for(workflow, change) == "promotion"
    workflow.people.by("pipeline").promote(change, "b" * 64)
    assert _waits_for(workflow, change) == "verification"
    workflow.people.by("pipeline").report(change, "verified", digest="b" * 64, find=failing("slow"), run=RUN)
    workflow.deliver(change)
    assert workflow.ended == "rolled_back"


def test_the_whole_way_is_told_once_and_dispatched_once() -> None:
    workflow = Workflow()
    change = _whole_way(workflow)
    assert workflow.happened(change) == WHOLE_WAY
    assert workflow.dispatched == [change]
    assert workflow.ended == "verified"


def _calls_of_the_whole_way() -> int:
    workflow = Workflow()
    _whole_way(workflow)
    return workflow.calls


@pytest.mark.parametrize("nth", range(1, _calls_of_the_whole_way() + 1))
def test_a_kill_at_any_call_changes_nothing_but_the_number_of_attempts(nth: int) -> None:
    workflow = Workflow()
    workflow.crash_at = nth
    change = _whole_way(workflow)
    assert workflow.happened(change) == WHOLE_WAY
    assert [event.sequence for event in workflow.people.told()] == list(range(1, len(WHOLE_WAY) + 1))
    assert len(workflow.dispatched) in {1, 2}
    assert workflow.ended == "verified"


def test_what_was_dispatched_twice_is_claimed_once() -> None:
    workflow = Workflow()
    change = workflow.proved().id
    workflow.people.by("grace").approve(change)
    workflow.people.by("first run").promote(change, DIGEST)
    with pytest.raises(NotNow, match="once"):
        workflow.people.by("second run").promote(change, DIGEST)


def test_two_approvals_at_once_promote_once() -> None:
    workflow = Workflow()
    change = workflow.proved().id
    workflow.deliver(change)
    workflow.table.before_write = lambda: workflow.people.by("alan").approve(change)
    with pytest.raises(Overtaken):
        workflow.people.by("grace").approve(change)
    workflow.deliver(change)
    assert workflow.happened(change) == [*PROVED, "approved", "handed_over"]
    assert workflow.dispatched == [change]


def test_an_approval_that_runs_out_ends_the_workflow_and_is_told() -> None:
    workflow = Workflow()
    workflow.people.facts = WELL
    change = workflow.proved().id
    workflow.people.by("grace").approve(change)
    workflow.deliver(change)
    workflow.people.now += timedelta(days=1)
    workflow.time_out(change)
    assert workflow.ended == "expired"
    assert workflow.happened(change)[-1] == "expired"
    assert workflow.people.told()[-1].change == "expired"


def test_what_waits_for_two_months_ends_by_itself() -> None:
    workflow = Workflow()
    change = workflow.proved().id
    workflow.deliver(change)
    workflow.people.now += LIFE
    workflow.time_out(change)
    assert workflow.ended == "expired"
    assert "60 days" in workflow.store.get(change).story[-1].why


def test_a_changed_artefact_voids_the_approval_and_the_workflow_goes_on_with_it() -> None:
    workflow = Workflow()
    change = workflow.proved().id
    workflow.people.by("grace").approve(change)
    assert _waits_for(workflow, change) == "promotion"
    workflow.people.by("ada").amend(change, "d" * 40, "d" * 64)
    assert _waits_for(workflow, change) == "pipeline"
    for step in ("staged", "smoke", "load_snapshot"):
        workflow.people.by("pipeline").report(change, step, digest="d" * 64, find=well("well"), run=RUN)
    workflow.people.by("grace").approve(change)
    assert _waits_for(workflow, change) == "promotion"
    assert workflow.dispatched == [change, change]


def test_a_freeze_that_begins_while_waiting_blocks_until_it_is_over() -> None:
    workflow = Workflow()
    planned = workflow.proved()
    later = replace(planned.plan, digest="e" * 64, planned_for=workflow.people.now + timedelta(hours=3))
    change = workflow.people.proved(later).id
    workflow.people.by("grace").approve(change)
    assert _waits_for(workflow, change) == "planned_time"
    workflow.people.facts = replace(WELL, freezes=("Holidays",))
    workflow.people.now += timedelta(hours=3)
    workflow.time_out(change)
    workflow.time_out(change)
    assert _waits_for(workflow, change) == "gates"
    assert (workflow.happened(change)[-2:], workflow.dispatched) == (["approved", "held"], [])
    workflow.people.facts = WELL
    workflow.time_out(change)
    assert (workflow.happened(change)[-2:], workflow.dispatched) == (["cleared", "handed_over"], [change])


def test_a_freeze_that_refuses_the_pipeline_makes_it_be_asked_again_afterwards() -> None:
    workflow = Workflow()
    change = workflow.proved().id
    workflow.people.by("grace").approve(change)
    workflow.deliver(change)
    workflow.people.facts = replace(WELL, freezes=("Holidays",))
    for _ in range(2):
        with pytest.raises(NotNow, match="Holidays"):
            workflow.people.by("pipeline").promote(change, DIGEST)
    assert _waits_for(workflow, change) == "gates"
    workflow.people.facts = WELL
    workflow.time_out(change)
    assert workflow.happened(change)[4:] == ["approved", "handed_over", "held", "cleared", "handed_over"]
    assert workflow.dispatched == [change, change]


def test_nothing_goes_to_production_before_the_time_that_was_announced() -> None:
    workflow = Workflow()
    soon = workflow.people.now + timedelta(minutes=20)
    change = workflow.people.proved(replace(workflow.proved().plan, digest="f" * 64, planned_for=soon)).id
    workflow.people.by("grace").approve(change)
    workflow.deliver(change)
    assert workflow.people.now == soon
    assert workflow.dispatched == [change]


def test_a_pipeline_that_can_t_be_asked_leaves_it_to_people_and_says_so() -> None:
    workflow = Workflow()
    workflow.pipeline_fails = "GitHub can't be reached"
    change = workflow.proved().id
    workflow.people.by("grace").approve(change)
    assert _waits_for(workflow, change) == "promotion"
    line = workflow.store.get(change).story[-1]
    assert (line.happened, line.why, line.by) == ("handed_over", "GitHub can't be reached", "promotion")


def test_events_that_come_before_the_first_one_begin_the_workflow_too() -> None:
    workflow = Workflow()
    change = workflow.proved().id
    assert workflow.promotion.happened(change, 3) == "started"
    workflow.run(change)
    assert workflow.promotion.happened(change, 1) == "known"


def test_what_is_over_begins_no_workflow() -> None:
    workflow = Workflow()
    change = workflow.proved().id
    workflow.people.by("grace").reject(change, "not now")
    assert workflow.promotion.happened(change, 5) == "over"
    assert not workflow.started
