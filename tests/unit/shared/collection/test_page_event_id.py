from datetime import UTC, datetime

from shared.collection.browser import read_browser_event

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAGEVIEW = {"n": "pageview", "u": "https://shop.example/", "d": "shop.example"}


def test_an_event_of_a_page_keeps_the_id_that_its_tracker_gave_it() -> None:
    assert read_browser_event(PAGEVIEW | {"id": "1764470000000.25"}, NOW).event["id"] == "1764470000000.25"


def test_an_id_that_is_no_text_is_no_reason_to_lose_the_event() -> None:
    assert "id" not in read_browser_event(PAGEVIEW | {"id": {"of": "a client"}}, NOW).event
