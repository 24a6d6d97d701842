from datetime import timedelta

import pytest

from shared.accounts.carry_out import make_password
from shared.accounts.message import invitation
from shared.accounts.model import Busy, IsDisabled, OwnAccount, ask
from shared.accounts.store import ended_sessions
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.outbox import waiting
from tests.accounts import ADA, CONSOLE, NOW, World


@pytest.fixture
def world() -> World:
    return World()


def test_who_is_invited_is_in_the_pool_with_their_roles_and_gets_a_temporary_password_by_mail(world: World) -> None:
    after = world.done(world.asked("invited", name="Ada", roles=("P09-SRE",)))
    assert after.state == "invited"
    assert world.pool.roles == {ADA: ("P09-SRE",)}
    [(address, message)] = world.sent
    assert address == ADA
    for part in (message.text, message.html.replace("&#x27;", "'").replace("&amp;", "&")):
        assert world.pool.passwords[ADA] in part
        assert CONSOLE in part
        assert "7 December 2026" in part


def test_who_is_invited_again_before_the_first_sign_in_gets_another_temporary_password(world: World) -> None:
    world.done(world.asked("invited", name="Ada"))
    first = world.pool.passwords[ADA]
    world.done(world.asked("invited"))
    assert world.pool.passwords[ADA] != first
    assert len(world.sent) == 2


def test_who_has_a_password_of_their_own_keeps_it(world: World) -> None:
    world.pool.users[ADA] = False
    after = world.done(world.asked("invited", name="Ada", page="/invitation#p09i_x"))
    assert after.state == "enabled"
    assert world.pool.passwords == {}
    assert "Temporary password" not in world.sent[0][1].text
    assert f"{CONSOLE}/invitation#p09i_x" in world.sent[0][1].text


def test_the_token_of_an_invitation_is_kept_no_longer_than_until_it_was_mailed(world: World) -> None:
    account = world.asked("invited", name="Ada", page="/invitation#p09i_secret")
    assert "p09i_secret" in str(world.table.items)
    world.done(account)
    assert "p09i_secret" not in str(world.table.items)


def test_roles_of_somebody_who_is_invited_to_an_organisation_stay(world: World) -> None:
    world.done(world.asked("invited", name="Ada", roles=("P09-SRE",)))
    after = world.done(world.asked("invited", page="/invitation#p09i_x"))
    assert after.roles == ("P09-SRE",)
    assert world.pool.roles[ADA] == ("P09-SRE",)


def test_a_mail_that_is_refused_leaves_an_account_that_says_why(world: World) -> None:
    world.refused = "this stage sends no mail"
    after = world.done(world.asked("invited", name="Ada"))
    assert (after.state, after.detail) == ("failed", "this stage sends no mail")
    assert world.store.get(ADA) == after


def test_who_is_disabled_can_not_sign_in_and_their_sessions_are_ended(world: World) -> None:
    world.pool.users[ADA] = False
    assert world.done(world.asked("disabled")).state == "disabled"
    assert world.pool.disabled == {ADA}
    assert ended_sessions(world.table) == {f"sub-{ADA}": int(NOW.timestamp())}
    [item] = [item for key, item in world.table.items.items() if key[0] == "ended-session"]
    assert int(item["expires_at"]) - int(item["ended_at"]) == 24 * 3600
    assert world.done(world.asked("enabled")).state == "enabled"
    assert world.pool.disabled == set()


def test_somebody_who_is_not_there_can_not_be_disabled_and_it_says_so(world: World) -> None:
    after = world.done(world.asked("disabled"))
    assert after.state == "failed"
    assert "nobody signs in as ada@example.com" in after.detail


def test_what_is_asked_is_told_with_an_id_of_its_own_each_time(world: World) -> None:
    world.done(world.asked("invited", name="Ada"))
    world.asked("invited")
    ids = [item["sk"] for item in waiting(world.table)]
    assert len(set(ids)) == 2


def test_what_is_asked_while_something_else_is_under_way_is_refused_for_a_minute(world: World) -> None:
    world.asked("invited", name="Ada")
    with pytest.raises(Busy, match="still under way"):
        world.asked("disabled", now=NOW + timedelta(seconds=59))
    assert world.asked("disabled", now=NOW + timedelta(seconds=60)).wanted == "disabled"


def test_what_was_overtaken_is_not_written(world: World) -> None:
    first = world.asked("invited", name="Ada")
    world.asked("disabled", now=NOW + timedelta(minutes=2))
    with pytest.raises(Overtaken):
        world.done(first)
    found = world.store.get(ADA)
    assert found
    assert (found.wanted, found.state) == ("disabled", "pending")


def test_nobody_disables_themselves(world: World) -> None:
    with pytest.raises(OwnAccount):
        world.asked("disabled", by="Ada@example.com")


def test_an_invitation_lets_nobody_in_who_was_disabled(world: World) -> None:
    world.pool.users[ADA] = False
    world.done(world.asked("disabled"))
    with pytest.raises(IsDisabled):
        world.asked("invited")


def test_an_address_is_the_same_in_capital_letters(world: World) -> None:
    world.asked("invited", "Ada@Example.com", name="Ada")
    assert world.store.get("ADA@example.com") == world.store.get(ADA)


def test_what_people_are_called_is_no_html() -> None:
    account = ask(None, "invited", ADA, by="<b>Lead</b>", now=NOW, name="<script>alert(1)</script>")
    message = invitation(account, console_url=CONSOLE, password="a<b&c", now=NOW)
    assert "<script>" not in message.html
    assert "<b>" not in message.html
    assert "a&lt;b&amp;c" in message.html
    assert "a<b&c" in message.text


def test_temporary_passwords_are_of_every_kind_that_the_pool_asks_for_and_differ() -> None:
    made = {make_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert len(password) == 16
        assert any(map(str.islower, password))
        assert any(map(str.isupper, password))
        assert any(map(str.isdigit, password))
        assert not password.isalnum()
        assert not set(password) & set("0O1lI <>&\"'")
