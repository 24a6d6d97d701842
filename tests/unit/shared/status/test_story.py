from dataclasses import replace

from shared.status.model import Line
from shared.status.story import of_incident, of_maintenance, public_id
from tests.status_pages import NOW, OUTAGE, PAST, UPGRADE, ago

SLOW = PAST[0]
DOWN = OUTAGE.incidents[-1]


def test_each_state_is_told_once_and_the_newest_stands_first() -> None:
    assert [one.status for one in of_incident(SLOW, ["Analytics"])] == [
        "resolved", "monitoring", "identified", "investigating",
    ]  # fmt: skip


def test_a_note_at_the_moment_of_a_change_speaks_for_it() -> None:
    newest = of_incident(SLOW, ["Analytics"])[0]
    assert newest.text.startswith("A deployment exhausted the connections")


def test_what_is_not_for_customers_eyes_is_not_told() -> None:
    told = " ".join(one.text for one in of_incident(DOWN, ["Event collection", "Analytics"]))
    assert "signal" not in told
    assert "What trackers send is kept" in told
    secret = replace(DOWN, lines=(*DOWN.lines, Line(at=NOW, state="investigating", text="root password changed")))
    assert of_incident(secret, []) == of_incident(DOWN, [])


def test_the_opening_names_what_it_concerns() -> None:
    assert of_incident(DOWN, ["Console", "Event collection", "Analytics"])[-1].text == (
        "We are investigating a problem with Console, Event collection and Analytics."
    )
    assert of_incident(DOWN, [])[-1].text == "We are investigating a problem."


def test_an_incident_that_comes_back_is_told_as_such() -> None:
    back = replace(
        DOWN,
        lines=(Line(at=ago(minutes=9), state="monitoring"), Line(at=ago(minutes=8), state="investigating")),
    )
    assert next(one.text for one in of_incident(back, [])) == "The problem is back. We are investigating it."


def test_ids_stay_when_more_is_told_and_lines_may_come_in_any_order() -> None:
    shuffled = replace(SLOW, lines=SLOW.lines[::-1][2:] + SLOW.lines[::-1][:2])
    assert [one.id for one in of_incident(SLOW, [])] == [one.id for one in of_incident(shuffled, [])]
    earlier = replace(SLOW, lines=SLOW.lines[:2], state="identified")
    assert of_incident(SLOW, [])[-2:] == of_incident(earlier, [])


def test_a_maintenance_tells_its_reason_its_beginning_and_its_end() -> None:
    told = [(one.status, one.at) for one in of_maintenance(UPGRADE, UPGRADE.end)]
    assert told == [
        ("completed", UPGRADE.end), ("in_progress", UPGRADE.start), ("scheduled", UPGRADE.planned_at),
    ]  # fmt: skip
    assert [one.text for one in of_maintenance(UPGRADE, NOW)] == [UPGRADE.reason]


def test_public_ids_look_like_statuspages_and_say_nothing() -> None:
    one, other = public_id("incident", "INC-1"), public_id("maintenance", "INC-1")
    assert one == public_id("incident", "INC-1")
    assert one != other
    assert len(one) == len(other) == 12
    assert one.isalnum()
    assert one == one.lower()
