import json
from collections import Counter

from shared.delivery.load import MIX, Request, Site, kind_of, request, shares
from shared.platform.secret import Secret

SITE = Site(id="7", page="https://canary.p09.invalid/load", write_key=Secret("p09w_x"), read_key=Secret("p09r_x"))


def event(made: Request) -> dict[str, str]:
    found: dict[str, str] = json.loads(made.body or b"")["events"][0]
    return found


def test_seven_of_ten_requests_are_events_two_are_queries_and_one_asks_for_health() -> None:
    assert Counter(request(number, SITE, "run").path for number in range(20)) == {
        "/v1/events": 14, "/v1/query": 4, "/health": 2,
    }  # fmt: skip
    assert sum(shares().values()) == len(MIX) == 10


def test_each_event_has_an_identity_of_its_own_and_the_same_one_when_it_is_made_again() -> None:
    events = [number for number in range(100) if kind_of(number) == "event"]
    ids = [event(request(number, SITE, "run"))["id"] for number in events]
    assert len(set(ids)) == len(events)
    assert ids == [event(request(number, SITE, "run"))["id"] for number in events]


def test_every_request_is_of_the_synthetic_site_alone() -> None:
    made = [request(number, SITE, "run") for number in range(10)]
    assert {event(one)["url"] for one in made if one.path == "/v1/events"} == {SITE.page}
    assert {json.loads(one.body or b"")["site_id"] for one in made if one.path == "/v1/query"} == {"7"}
    assert {one.headers.get("authorization") for one in made} == {None, "Bearer p09w_x", "Bearer p09r_x"}


def test_keys_show_in_no_log() -> None:
    assert "p09w_x" not in repr(SITE)
    assert "p09r_x" not in repr(SITE)
