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
    assert review.impact == "Customers were affected for 7 minutes (Analytics)."
    assert review.due == date(2026, 12, 1)
    texts = [entry.text for entry in review_timeline(world.incidents, review)]
    assert texts[0].startswith("Not available: Analytics")
    assert texts[-1].startswith("It has been healthy for 2 minutes")
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


def test_one_outage_has_one_review_which_other_breaches_join(world: World) -> None:
    world.hear(
        kpi_breached(0, "latency"), kpi_breached(4), probe_failed(5, "analytics"), kpi_breached(9, "availability")
    )
    (review,) = world.reviews.open_ones()
    assert (review.kpi, review.decision, review.owner) == ("latency", "latency-20261124T120000Z", "Product SRE")
    assert review.incident == world.only().id
    assert world.only().review == review.id
    texts = [entry.text for entry in review_timeline(world.incidents, review)]
    assert [text.split(":")[0] for text in texts] == [
        "latency misses its target", "error_rate misses its target", "Not available", "availability misses its target",
    ]  # fmt: skip
    world.hear(probe_recovered(20))
    world.tick(22)
    world.hear(kpi_breached(25, "availability"))  # which still counts what failed then
    (review,) = world.reviews.open_ones()
    assert review.title == "Not available: Analytics"
    assert review.impact == "Customers were affected for 18 minutes (Analytics)."
    assert [one["change"] for one in world.reviews_told()] == ["opened"]


def test_what_somebody_has_written_into_a_review_stays_when_its_incident_ends(world: World) -> None:
    world.hear(kpi_breached(0), probe_failed(1, "analytics"))
    (review,) = world.reviews.open_ones()
    change(world, review, edited, {"summary": "A deployment."})
    world.hear(probe_recovered(20))
    world.tick(22)
    (review,) = world.reviews.open_ones()
    assert (review.summary, review.title) == ("A deployment.", "error_rate misses its target")


def test_too_many_incidents_are_a_breach_with_a_review_of_its_own(world: World) -> None:
    world.hear(probe_failed(0, "analytics"), kpi_breached(1, "incidents"), probe_recovered(2))
    world.tick(4)
    assert [one.kpi for one in world.reviews.open_ones()] == ["incidents", None]


def test_a_breach_after_another_outage_has_another_review(world: World) -> None:
    world.hear(kpi_breached(0), kpi_breached(0), kpi_recovered(60))
    world.tick(62)
    world.hear(kpi_breached(200))
    first, second = world.reviews.open_ones()
    assert [first.incident, second.incident] == [one.id for one in world.all()]


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
