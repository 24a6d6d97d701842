"""A change's way to production, with the operations table in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.changes.changes import Changes
from shared.changes.gates import Facts
from shared.changes.model import Change, Plan, Run
from shared.changes.proofs import Found
from shared.changes.store import ChangeStore, UnknownChange
from shared.events.catalogue import read
from shared.events.deployments import DeploymentChanged
from shared.platform.actor import Actor
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.outbox import waiting
from shared.platform.refusals import NotAllowed, NotNow, Refused
from tests.memory_table import MemoryTable

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DIGEST = "a" * 64
PLAN = Plan(
    title="Faster funnels", impact="Nothing is down", commit="c" * 40, digest=DIGEST, committed_at=NOW - timedelta(hours=5),
    planned_for=NOW + timedelta(hours=2), migrations_compatible=True,
)  # fmt: skip
WELL = Facts(exhausted=(), freezes=(), incidents=(), migrations_compatible=True)


RUN = Run(id="7", url="https://github.com/acme/shop/actions/runs/7")


def well(why: str) -> Callable[[Change], Found]:
    return lambda _: Found(passed=True, why=why)


def failing(why: str) -> Callable[[Change], Found]:
    return lambda _: Found(passed=False, why=why)


class World:
    """A table and how things stand; ``by`` and ``now`` are who acts and when."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        self.facts = WELL
        self.now = NOW

    def by(self, person: str) -> Changes:
        return self.acting(Actor(name=person, subject=f"subject-of-{person}"))

    def acting(self, actor: Actor) -> Changes:
        return Changes(
            ChangeStore(self.table),
            lambda compatible: replace(self.facts, migrations_compatible=compatible),
            by=actor,
            now=self.now,
            valid_for=DAY,
        )

    def proved(self, plan: Plan = PLAN) -> Change:
        """Planned by ada, and everything before the approval has passed."""
        change = self.by("ada").plan(plan)
        for step in ("staged", "smoke", "load_snapshot"):
            change = self.by("pipeline").report(change.id, step, digest=plan.digest, find=well("well"), run=RUN)
        return change

    def told(self) -> list[DeploymentChanged]:
        events = [read(str(item["detail_type"]), str(item["detail"])) for item in waiting(self.table)]
        return sorted((one for one in events if isinstance(one, DeploymentChanged)), key=lambda one: one.sequence)


@pytest.fixture
def world() -> World:
    return World()


def test_a_change_goes_its_way_and_each_step_is_told_once(world: World) -> None:
    change = world.proved()
    world.by("grace").approve(change.id)
    world.by("pipeline").promote(change.id, DIGEST)
    done = world.by("pipeline").report(
        change.id, "verified", digest=DIGEST, find=well("smoke and load are well"), run=RUN
    )
    assert done.state == "verified"
    happened = ["planned", "staged", "smoke_passed", "load_passed", "approved", "promoted", "verified"]
    assert [entry.happened for entry in done.story] == happened
    assert [(event.sequence, event.change) for event in world.told()] == list(enumerate(happened, 1))


def test_an_approval_that_ran_out_is_under_way_no_more(world: World) -> None:
    change = world.proved()
    world.by("grace").approve(change.id)
    assert [one.id for one in world.by("ada").under_way(before=None, limit=5)] == [change.id]
    assert world.by("ada").under_way(before=change.id, limit=5) == []
    world.now += DAY
    assert world.by("ada").under_way(before=None, limit=5) == []


def test_the_same_plan_is_planned_once_and_the_same_report_made_once(world: World) -> None:
    first, second = world.by("ada").plan(PLAN), world.by("ada").plan(PLAN)
    assert first == second
    proved = world.proved()
    again = world.by("pipeline").report(proved.id, "smoke", digest=DIGEST, find=well("again"), run=RUN)
    assert again == proved


def test_a_gate_says_which_run_of_the_pipeline_proved_it_and_closes_again_for_another_artefact(world: World) -> None:
    def proofs(change: Change) -> list[tuple[str, bool, str, str]]:
        return [(one.name, one.open, one.run, one.url) for one in world.by("ada").gates(change)[:2]]

    change = world.proved()
    assert proofs(change) == [("smoke", True, "7", RUN.url), ("load_snapshot", True, "7", RUN.url)]
    assert world.by("ada").gates(change)[0].why == "well (run 7 of pipeline)"
    amended = world.by("ada").amend(change.id, "d" * 40, "b" * 64)
    assert proofs(amended) == [("smoke", False, "", ""), ("load_snapshot", False, "", "")]


def test_a_change_that_was_proved_by_somebodys_word_is_not_approved(world: World) -> None:
    change = world.proved()
    ChangeStore(world.table).write(change, replace(change, proofs=(), story=(*change.story, change.story[-1])))
    with pytest.raises(NotNow, match="smoke: The pipeline has reported no smoke test of this artefact"):
        world.by("grace").approve(change.id)


def test_a_step_is_judged_only_once_it_is_the_one_that_comes_next(world: World) -> None:
    change = world.by("ada").plan(PLAN)
    with pytest.raises(NotNow, match="smoke comes after staged"):
        world.by("pipeline").report(
            change.id, "smoke", digest=DIGEST, find=lambda _: pytest.fail("it was judged"), run=RUN
        )


def test_steps_are_made_in_their_order(world: World) -> None:
    change = world.by("ada").plan(PLAN)
    with pytest.raises(NotNow, match="load_snapshot comes after smoke_passed"):
        world.by("pipeline").report(change.id, "load_snapshot", digest=DIGEST, find=well(""), run=RUN)
    with pytest.raises(NotNow, match="only what has passed its load snapshot"):
        world.by("grace").approve(change.id)


def test_a_step_that_fails_before_production_rejects_and_after_it_rolls_back(world: World) -> None:
    change = world.by("ada").plan(PLAN)
    failed = world.by("pipeline").report(
        change.id, "staged", digest=DIGEST, find=failing("CloudFormation refused"), run=RUN
    )
    assert (failed.state, failed.story[-1].why) == ("rejected", "staged failed: CloudFormation refused")
    world.now += timedelta(hours=1)
    other = world.proved(replace(PLAN, digest="b" * 64))
    world.by("grace").approve(other.id)
    world.by("pipeline").promote(other.id, "b" * 64)
    back = world.by("pipeline").report(other.id, "verified", digest="b" * 64, find=failing("canary not seen"), run=RUN)
    assert (back.state, back.story[-1].happened) == ("rolled_back", "rolled_back")


def test_the_author_can_not_approve(world: World) -> None:
    change = world.proved()
    with pytest.raises(NotAllowed, match="somebody else has to approve"):
        world.by("ada").approve(change.id)


def test_an_approval_that_is_not_used_in_time_expires(world: World) -> None:
    change = world.proved()
    world.by("grace").approve(change.id)
    world.now += DAY - timedelta(seconds=1)
    assert world.by("grace").look(change.id).state == "approved"
    world.now += timedelta(seconds=1)
    assert world.by("grace").look(change.id).state == "expired"
    with pytest.raises(NotNow, match="is expired"):
        world.by("pipeline").promote(change.id, DIGEST)
    last = world.told()[-1]
    assert (last.change, last.at, last.by) == ("expired", "2026-11-25T10:00:00Z", "clock")


def test_another_artefact_voids_what_was_proved_and_approved(world: World) -> None:
    change = world.proved()
    world.by("grace").approve(change.id)
    amended = world.by("ada").amend(change.id, "d" * 40, "b" * 64)
    assert (amended.state, amended.approval) == ("planned", None)
    with pytest.raises(Refused, match="amend it first"):
        world.by("pipeline").promote(change.id, DIGEST)
    with pytest.raises(NotNow, match="only what is approved"):
        world.by("pipeline").promote(change.id, "b" * 64)
    staged = world.by("pipeline").report(change.id, "staged", digest="b" * 64, find=well("anew"), run=RUN)
    assert staged.state == "staged"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (replace(WELL, exhausted=("Availability",)), "budget: Nothing is left of the error budget of Availability"),
        (replace(WELL, exhausted=None), "budget: No KPI was evaluated of late"),
        (replace(WELL, freezes=("Holidays",)), "freeze: Holidays"),
        (replace(WELL, incidents=("Queries fail",)), "incidents: Queries fail"),
    ],
)
def test_a_gate_that_closes_while_it_waits_blocks(world: World, facts: Facts, why: str) -> None:
    change = world.proved()
    world.by("grace").approve(change.id)
    world.facts = facts
    with pytest.raises(NotNow, match=why):
        world.by("pipeline").promote(change.id, DIGEST)
    world.facts = WELL
    assert world.by("pipeline").promote(change.id, DIGEST).state == "promoted"


def test_a_migration_that_breaks_the_release_before_it_closes_a_gate(world: World) -> None:
    change = world.proved(replace(PLAN, migrations_compatible=False))
    with pytest.raises(NotNow, match="it can't be rolled back"):
        world.by("grace").approve(change.id)


def test_an_override_holds_once_a_second_person_agrees_and_only_for_its_gates(world: World) -> None:
    world.facts = replace(WELL, exhausted=("latency",))
    change = world.proved()
    world.by("grace").ask_override(change.id, ("budget",), "it mends the latency")
    with pytest.raises(NotNow, match="budget"):
        world.by("grace").approve(change.id)
    for person in ("grace", "ada"):
        with pytest.raises(NotAllowed, match="second person"):
            world.by(person).second_override(change.id)
    world.by("alan").second_override(change.id)
    assert world.by("grace").approve(change.id).state == "approved"
    world.facts = replace(world.facts, freezes=("Holidays",))
    with pytest.raises(NotNow, match="freeze: Holidays"):
        world.by("pipeline").promote(change.id, DIGEST)
    told = ["override_asked", "held", "overridden", "approved", "held"]
    assert [event.change for event in world.told()][4:] == told


def test_smoke_test_and_load_snapshot_can_not_be_overridden(world: World) -> None:
    change = world.proved()
    with pytest.raises(Refused, match="smoke can't be overridden"):
        world.by("grace").ask_override(change.id, ("smoke",), "in a hurry")  # type: ignore[arg-type]  # a gate that does not exist is the point


def test_two_at_once_promote_once(world: World) -> None:
    change = world.proved()
    world.by("grace").approve(change.id)
    world.table.before_write = lambda: world.by("other").promote(change.id, DIGEST)
    with pytest.raises(Overtaken):
        world.by("pipeline").promote(change.id, DIGEST)
    with pytest.raises(NotNow, match="once"):
        world.by("pipeline").promote(change.id, DIGEST)
    assert [event.change for event in world.told()].count("promoted") == 1


def test_what_is_over_stays_as_it_is(world: World) -> None:
    change = world.proved()
    world.by("grace").reject(change.id, "not this week")
    acts: list[Callable[[], object]] = [
        lambda: world.by("grace").approve(change.id),
        lambda: world.by("grace").reject(change.id, "again"),
        lambda: world.by("ada").amend(change.id, "d" * 40, "b" * 64),
        lambda: world.by("grace").roll_back(change.id, "x"),
    ]
    for act in acts:
        with pytest.raises(NotNow):
            act()


def test_what_is_in_production_can_be_rolled_back_by_a_person(world: World) -> None:
    change = world.proved()
    world.by("grace").approve(change.id)
    world.by("pipeline").promote(change.id, DIGEST)
    world.by("pipeline").report(change.id, "verified", digest=DIGEST, find=well(""), run=RUN)
    assert world.by("grace").roll_back(change.id, "customers see wrong numbers").state == "rolled_back"


def test_an_unknown_change_is_unknown(world: World) -> None:
    with pytest.raises(UnknownChange):
        world.by("ada").look("CHG-1")
