from datetime import UTC, datetime, timedelta

from local import scenario
from local.cold_starts import first_environments
from local.demo import Findings
from local.demo_site import DAYS, past
from local.people import DEMO_PEOPLE, ORGANISATION_ROLES, customer_person, operations_person
from shared.identity.identity import ROLES

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
URL = "http://127.0.0.1:8000"


def test_the_demo_sites_past_is_the_same_whenever_it_is_made() -> None:
    assert list(past(NOW, URL)) == list(past(NOW, URL))


def test_the_demo_sites_past_is_bounded_and_holds_nothing_of_the_future() -> None:
    made = list(past(NOW, URL))
    times = [datetime.fromisoformat(event["timestamp"]) for event in made]
    assert 10_000 < len(made) < 100_000
    assert max(times) < NOW
    assert min(times) >= NOW - timedelta(days=DAYS + 1)
    assert len({event["id"] for event in made}) == len(made)


def test_an_hour_later_there_is_only_more_of_it() -> None:
    before = {event["id"] for event in past(NOW, URL)}
    assert before < {event["id"] for event in past(NOW + timedelta(hours=1), URL)}


def test_the_scenario_sends_every_event_and_some_twice_out_of_order() -> None:
    made = scenario.events("shop.localhost", NOW)
    sent = [event for batch in scenario.batches(made) for event in batch]
    assert len(made) == scenario.EVENTS
    assert len(sent) == scenario.EVENTS + scenario.RESENT
    assert {event["id"] for event in sent} == {event["id"] for event in made}
    assert [event["timestamp"] for event in sent] != sorted(event["timestamp"] for event in sent)
    assert max(event["timestamp"] for event in sent) <= NOW.isoformat()
    assert all(len(batch) <= scenario.BATCH for batch in scenario.batches(made))


def test_numbers_that_differ_are_found() -> None:
    found = Findings()
    found.agree("visits", 10, 10, "(plain SQL)")
    found.agree("visitors", 9, 10, "(plain SQL)")
    assert found.mismatches == ["visitors: 9, but 10 (plain SQL)"]


def test_a_cold_start_is_that_of_the_first_environment_after_the_latest_start() -> None:
    log = [
        "2026-11-23 10:00:00 INFO [ministack] Ready — 91 services available on port 1.",
        "2026-11-23 10:00:01 INFO [lambda_runtime] Lambda worker spawned for p09-local-migrate (python3.13, cold start)",
        "2026-11-23 10:00:02 INFO [lambda_runtime] Lambda worker spawned for p09-local-api (python3.13, cold start)",
        "2026-11-23 11:00:00 INFO [ministack] Ready — 91 services available on port 1.",
        "2026-11-23 11:00:03 INFO [lambda_runtime] Lambda worker spawned for p09-local-api (python3.13, cold start)",
        "2026-11-23 11:00:09 INFO [lambda_runtime] Lambda worker spawned for p09-local-api (python3.13, cold start)",
    ]
    assert first_environments(log) == {"migrate": "2026-11-23 10:00:01", "api": "2026-11-23 11:00:03"}


def test_there_is_a_demo_person_for_every_role_and_no_two_share_a_name() -> None:
    assert {person.role for person in DEMO_PEOPLE} == {*ORGANISATION_ROLES, *ROLES}
    assert len({person.username for person in DEMO_PEOPLE}) == len(DEMO_PEOPLE)


def test_operations_people_are_in_the_group_of_their_role_and_customers_in_none() -> None:
    assert operations_person("P09-SRE").group == "P09-SRE"
    assert customer_person("Acme & Sons", "owner").group is None
    assert customer_person("Acme & Sons", "owner").username == "owner@acme-sons.example"
