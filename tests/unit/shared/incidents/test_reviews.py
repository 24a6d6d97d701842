from datetime import date
from typing import Any

import pytest

from shared.incidents import by_people
from shared.incidents.act import act_on_review
from shared.incidents.refusal import NotPossible, UnknownReview
from shared.incidents.review import Review, closed, edited, with_action, with_changed_action
from shared.incidents.review_timeline import review_timeline
from shared.platform.refusals import Refused, Unknown
from tests.unit.shared.incidents.told import kpi_breached, kpi_recovered, probe_failed, probe_recovered
from tests.unit.shared.incidents.world import World, at

DAY = 24 * 60


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def review(world: World) -> Review:
    """Of an incident of seven minutes."""
    world.hear(probe_failed(0, "analytics"), probe_recovered(5))
    world.tick(7)
    (found,) = world.reviews.open_ones()
    return found


def change(world: World, review: Review, how: Any, *said: Any) -> Review:
    return act_on_review(world.reviews, review.id, lambda one: how(one, *said, by="ada", now=at(60)))


def test_a_customer_impacting_incident_that_ends_gets_its_review_filled_in_from_records(
    world: World, review: Review
) -> None:
    incident = world.only()
    assert (incident.review, review.incident, review.kpi) == (review.id, incident.id, None)
    assert review.impact == "Customers were concerned for 0:07:00 (Analytics)."
    assert review.due == date(2026, 12, 1)
    texts = [entry.text for entry in review_timeline(world.incidents, review)]
    assert texts[0].startswith("Not available: Analytics")
    assert texts[-1].startswith("It has been well for 0:02:00")
    assert [one["change"] for one in world.reviews_told()] == ["opened"]


def test_an_incident_that_ends_twice_has_one_review(world: World, review: Review) -> None:
    world.act(world.only(), 8, by_people.reopened)
    world.act(world.only(), 9, by_people.resolved, although_failing=False)
    assert world.only().review == review.id
    assert len(world.reviews_told()) == 1


def test_an_incident_that_concerned_no_customer_has_none_until_somebody_knows_better(world: World) -> None:
    incident = world.report("Slow exports", 0)
    world.act(incident, 1, by_people.resolved, although_failing=False)
    assert not world.reviews.open_ones()
    world.act(incident, 2, by_people.updated, {"customer_impacting": True})
    assert world.reviews.open_ones()[0].incident == incident.id


def test_each_breach_of_a_kpi_gets_one_review_whatever_becomes_of_its_signal(world: World) -> None:
    world.hear(kpi_breached(0), kpi_breached(0), kpi_recovered(60))
    world.maintain(100, 200)
    assert world.hear(kpi_breached(120)) == ["joined"]
    first, second = world.reviews.open_ones()
    assert (first.kpi, first.decision, first.owner) == ("error_rate", "error_rate-20261124T120000Z", "Product SRE")
    assert first.incident == second.incident == world.only().id
    assert first.id != second.id


def test_a_breach_under_a_maintenance_is_reviewed_with_its_decision_as_the_timeline(world: World) -> None:
    world.maintain(-10, 10)
    world.hear(kpi_breached(0))
    (review,) = world.reviews.open_ones()
    (entry,) = review_timeline(world.incidents, review)
    assert entry.links["decision"] == review.decision


def test_it_is_closed_when_its_sections_are_filled_and_open_actions_have_reasons(world: World, review: Review) -> None:
    with pytest.raises(NotPossible, match="contributing_factors is empty"):
        change(world, review, closed, "")
    change(world, review, edited, {"contributing_factors": "A deployment without a canary."})
    change(world, review, with_action, "Add a canary", "ada", date(2026, 12, 24))
    with pytest.raises(NotPossible, match="action 1 is open without a reason: Add a canary"):
        change(world, review, closed, "")
    change(world, review, with_changed_action, "1", {"reason": "Planned for the next quarter."})
    done = change(world, review, closed, "Thank you all.")
    assert (done.closed_by, len(done.history)) == ("ada", 4)
    assert not world.reviews.open_ones()
    assert [one["change"] for one in world.reviews_told()] == ["opened", "closed"]
    with pytest.raises(NotPossible, match="was closed by ada"):
        change(world, review, edited, {"summary": "another"})


def test_what_does_not_fit_is_refused_with_the_field_to_mend(world: World, review: Review) -> None:
    change(world, review, with_action, "Add a canary", "ada", date(2026, 12, 24))
    with pytest.raises(Refused, match="reason"):
        change(world, review, with_changed_action, "1", {"state": "dropped"})
    with pytest.raises(Refused, match="nothing changes"):
        change(world, review, edited, {"owner": review.owner})
    with pytest.raises(Refused, match="nothing changes"):
        change(world, review, with_changed_action, "1", {"owner": "ada"})
    with pytest.raises(Unknown, match="it has 1"):
        change(world, review, with_changed_action, "2", {"state": "done"})
    with pytest.raises(UnknownReview):
        world.reviews.get("PIR-20200101-000000-000000")


def test_what_is_overdue_is_told_once_a_day(world: World, review: Review) -> None:
    assert not world.tick(7 * DAY).reminded  # due that day
    assert world.tick(8 * DAY).reminded == (review.id,)
    assert not world.tick(9 * DAY - 1).reminded
    assert world.tick(9 * DAY).reminded == (review.id,)
    assert [one["change"] for one in world.reviews_told()] == ["opened", "overdue", "overdue"]
    assert len({one["id"] for one in world.reviews_told()}) == 3


def test_an_overdue_action_is_told_by_its_name(world: World, review: Review) -> None:
    change(world, review, edited, {"due": date(2027, 1, 1)})
    change(world, review, with_action, "Add a canary", "grace", date(2026, 11, 25))
    world.tick(2 * DAY)
    (told,) = [one for one in world.reviews_told() if one["change"] == "overdue"]
    assert "action 1 (grace) was due 2026-11-25: Add a canary" in told["why"]
