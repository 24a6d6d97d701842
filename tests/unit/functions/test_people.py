import json

import pytest

from functions.people.act import ADMINISTRATOR, act_on, let_in
from shared.events.access import AccountAsked
from shared.events.catalogue import read
from shared.platform.outbox import waiting
from tests.accounts import ADA, CONSOLE, World


@pytest.fixture
def world() -> World:
    return World()


def told(world: World) -> AccountAsked:
    """The newest event of the outbox."""
    item = waiting(world.table)[-1]
    event = read(str(item["detail_type"]), str(item["detail"]))
    assert isinstance(event, AccountAsked)
    return event


def test_an_event_that_comes_twice_sends_one_mail(world: World) -> None:
    world.asked("invited", name="Ada")
    event = told(world)
    after = act_on(event, world.ports)
    assert after
    assert after.state == "invited"
    assert act_on(event, world.ports) is None
    assert len(world.sent) == 1


def test_an_event_of_what_was_asked_before_does_nothing(world: World) -> None:
    world.done(world.asked("invited", name="Ada"))
    old = told(world)
    world.asked("disabled")
    assert act_on(old, world.ports) is None
    assert world.pool.disabled == set()


def test_an_event_of_nobody_does_nothing(world: World) -> None:
    assert act_on(AccountAsked(id="1", at="2026-11-30T12:00:00Z", account=ADA), world.ports) is None


def test_the_first_person_of_a_stage_needs_no_mail_and_leaves_a_row_in_the_trail(world: World) -> None:
    world.refused = "no mail here"
    answer = let_in({"email": "Ada@example.com", "name": "Ada", "roles": ["P09-Lead"]}, world.ports)
    assert answer == {"email": ADA, "temporary_password": world.pool.passwords[ADA], "console": CONSOLE}
    assert world.pool.roles == {ADA: ("P09-Lead",)}
    [row] = [json.loads(str(item["entry"])) for key, item in world.table.items.items() if key[0] == "audit-pending"]
    assert (row["actor"], row["subject"]) == (ADMINISTRATOR, ADA)
    assert world.pool.passwords[ADA] not in str(world.table.items)
