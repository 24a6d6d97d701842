"""Who may agree to what somebody else has written or asked for: persons are told apart, not their names."""

import json
from dataclasses import replace

import pytest

from shared.changes.model import Change
from shared.changes.show import change_view
from shared.changes.store import ChangeStore
from shared.platform.actor import Actor
from shared.platform.aws.dynamodb import Put
from shared.platform.refusals import NotAllowed
from tests.unit.shared.changes.test_changes import DIGEST, PLAN, RUN, WELL, World, well

ADA = Actor(name="ada", subject="subject-of-ada")
RENAMED = Actor(name="lovelace@example.com", subject=ADA.subject)
NAMESAKE = Actor(name=ADA.name, subject="subject-of-another-ada")


@pytest.fixture
def world() -> World:
    return World()


def forget_subjects(world: World, change: Change) -> Change:
    """As a release wrote it that did not keep them."""
    [item] = world.table.query("change")
    content = json.loads(str(item["content"]))
    for part in (content, content["override"] or {}, *content["story"]):
        for name in ("author_subject", "by_subject", "seconded_by_subject"):
            part.pop(name, None)
    del content["plan"]["committers"]  # nor who committed to it
    world.table.write([Put(item={**item, "content": json.dumps(content)})])
    return ChangeStore(world.table).get(change.id)


def test_the_author_under_another_address_does_not_approve(world: World) -> None:
    change = world.proved()
    with pytest.raises(NotAllowed, match="is the change's author"):
        world.acting(RENAMED).approve(change.id)


def test_somebody_who_shares_the_authors_name_approves(world: World) -> None:
    change = world.proved()
    approved = world.acting(NAMESAKE).approve(change.id)
    assert (approved.state, approved.author, approved.story[-1].by) == ("approved", "ada", "ada")


def test_who_has_put_another_artefact_in_its_place_does_not_approve_it(world: World) -> None:
    change = world.proved()
    other = "b" * 64
    world.by("grace").amend(change.id, "d" * 40, other)
    for step in ("staged", "smoke", "load_snapshot"):
        world.by("pipeline").report(change.id, step, digest=other, find=well("well"), run=RUN)
    with pytest.raises(NotAllowed, match="grace is the change's author"):
        world.by("grace").approve(change.id)
    assert world.by("alan").approve(change.id).state == "approved"


def test_who_committed_to_what_a_pipeline_has_planned_does_not_approve_it(world: World) -> None:
    change = world.proved(replace(PLAN, committers=("Grace", "alan")))
    for person in ("grace", "alan"):
        with pytest.raises(NotAllowed, match=f"{person} is the change's author"):
            world.by(person).approve(change.id)
    assert world.by("edsger").approve(change.id).state == "approved"


def test_who_committed_to_the_artefact_before_stays_an_author(world: World) -> None:
    change = world.proved(replace(PLAN, committers=("grace",)))
    amended = world.by("pipeline").amend(change.id, "d" * 40, "b" * 64, ("alan", "grace"))
    assert amended.plan.committers == ("grace", "alan")
    world.facts = replace(WELL, freezes=("Holidays",))
    world.by("edsger").ask_override(change.id, ("freeze",), "it mends what fails")
    for person in ("grace", "alan"):
        with pytest.raises(NotAllowed, match="second person"):
            world.by(person).second_override(change.id)


def test_neither_author_nor_asker_agrees_to_an_override_under_another_address(world: World) -> None:
    world.facts = replace(WELL, freezes=("Holidays",))
    change = world.proved()
    world.by("grace").ask_override(change.id, ("freeze",), "it mends what fails")
    for person in (RENAMED, Actor(name="hopper@example.com", subject="subject-of-grace")):
        with pytest.raises(NotAllowed, match="second person"):
            world.acting(person).second_override(change.id)


def test_somebody_who_shares_the_askers_name_agrees_to_an_override(world: World) -> None:
    world.facts = replace(WELL, freezes=("Holidays",))
    change = world.proved()
    world.by("grace").ask_override(change.id, ("freeze",), "it mends what fails")
    agreed = world.acting(Actor(name="grace", subject="subject-of-another-grace")).second_override(change.id)
    assert agreed.override
    assert (agreed.override.by, agreed.override.seconded_by) == ("grace", "grace")
    assert agreed.overridden() == {"freeze"}


def test_of_a_change_that_was_written_without_subjects_names_decide(world: World) -> None:
    world.facts = replace(WELL, freezes=("Holidays",))
    change = world.proved()
    world.by("grace").ask_override(change.id, ("freeze",), "it mends what fails")
    old = forget_subjects(world, change)
    assert (old.author, old.author_subject) == ("ada", "")
    for person in ("ada", "grace"):
        with pytest.raises(NotAllowed, match="second person"):
            world.by(person).second_override(change.id)
    world.by("alan").second_override(change.id)
    with pytest.raises(NotAllowed, match="author"):
        world.acting(NAMESAKE).approve(change.id)
    assert world.by("grace").approve(change.id).state == "approved"


def test_the_same_plan_of_a_namesake_is_another_change(world: World) -> None:
    change = world.proved()
    assert world.acting(RENAMED).plan(change.plan).id == change.id
    assert world.acting(NAMESAKE).plan(change.plan).id != change.id


def test_people_see_names_and_what_is_their_own(world: World) -> None:
    change = world.proved()
    change = world.by("grace").ask_override(change.id, ("freeze",), "it mends what fails")
    seen = {person: change_view(change, (), None, Actor(name=person, subject=f"subject-of-{person}")) for person in
            ("ada", "grace", "alan")}  # fmt: skip
    assert {person: view["own"] for person, view in seen.items()} == {
        "ada": ["artefact"], "grace": ["override"], "alan": [],
    }  # fmt: skip
    assert "subject-of" not in json.dumps(seen)
    assert change.plan.digest == DIGEST
