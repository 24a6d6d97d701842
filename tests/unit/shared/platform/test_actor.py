import pytest

from shared.platform.actor import Actor

ADA = Actor(name="ada@example.com", subject="668d08c7")
GRACE = Actor(name="grace@example.com", subject="4b9937ad")


def test_a_person_under_another_address_is_the_same() -> None:
    assert ADA.may_be(Actor(name="lovelace@example.com", subject=ADA.subject))


def test_somebody_who_was_given_the_address_is_somebody_else() -> None:
    assert not ADA.may_be(Actor(name=ADA.name, subject=GRACE.subject))


@pytest.mark.parametrize("name", ["ada@example.com", "Ada@Example.com", "668d08c7", ""])
def test_who_is_known_by_a_name_alone_may_be_who_goes_by_it_and_without_one_anybody(name: str) -> None:
    recorded = Actor(name=name)
    assert ADA.may_be(recorded)
    assert recorded.may_be(ADA)


def test_who_is_known_by_another_name_alone_is_somebody_else() -> None:
    assert not ADA.may_be(Actor(name=GRACE.name))
    assert not Actor(name="schedule").may_be(ADA)


def test_two_of_whom_only_names_are_known_are_told_apart_by_them() -> None:
    assert Actor(name="pipeline").may_be(Actor(name="pipeline"))
    assert not Actor(name="pipeline").may_be(Actor(name="promotion"))
