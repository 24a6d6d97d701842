"""What trackers and SDKs of the Events API send, in all its spellings."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.collection.browser import BrowserEvent, read_browser_event
from shared.platform.refusals import Refused

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = {"name": "pageview", "url": "https://shop.example/", "domain": "shop.example"}


def read(**fields: Any) -> BrowserEvent:
    return read_browser_event(EVENT | fields, NOW)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ({"n": "Buy", "u": "https://shop.example/a", "d": "shop.example"}, {"name": "Buy", "url": "https://shop.example/a"}),
        ({"n": "Buy", "u": "https://shop.example/", "d": "x", "p": {"a": 1}}, {"name": "Buy", "props": {"a": 1}}),
        ({"n": "Buy", "u": "https://shop.example/", "d": "x", "m": '{"a": 1}'}, {"name": "Buy", "meta": {"a": 1}}),
        (
            {"n": "Buy", "u": "https://shop.example/", "d": "x", "$": {"amount": "9.99", "currency": "eur"}},
            {"name": "Buy", "revenue": {"amount": 9.99, "currency": "EUR"}},
        ),
        ({"n": "Buy", "u": "https://shop.example/", "d": "x", "p": r'{"a": "\ud83d"}'}, {"name": "Buy", "props": {"a": "\ufffd"}}),
        ({"n": "a", "u": "https://shop.example/", "d": "x", "i": False}, {"name": "a", "interactive": False}),
        (
            {"n": "a", "u": "https://shop.example/#b", "d": "x", "h": 1},
            {"name": "a", "url": "https://shop.example/#b", "hashMode": True},
        ),
        (
            {"n": "engagement", "u": "https://shop.example/", "d": "x", "e": 1500, "sd": 80},
            {"name": "engagement", "engagement_time": 1500, "scroll_depth": 80},
        ),
    ],
)  # fmt: skip
def test_short_and_long_names_mean_the_same(short: dict[str, Any], long: dict[str, Any]) -> None:
    assert read_browser_event(short, NOW).event == read(**long).event


def test_properties_that_are_too_many_or_no_values_are_left_out_and_told() -> None:
    sent = read(props={"nested": {"a": 1}, **{f"p{number}": number for number in range(31)}})
    assert sent.event["properties"] == {f"p{number}": number for number in range(30)}
    assert sent.left_out == [
        "property 'nested': must be text, a number, true, false or null",
        "property 'p30': an event has 30 at most",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"props": "no JSON"},
        {"props": [1]},
        {"revenue": {"amount": "much", "currency": "EUR"}},
        {"revenue": {"amount": 1, "currency": "Euro"}},
        {"revenue": {"amount": float("1e300"), "currency": "EUR"}},
        {"revenue": 5},
    ],
)
def test_a_part_that_can_not_be_read_costs_nobody_the_event(fields: dict[str, Any]) -> None:
    sent = read(**fields)
    assert len(sent.left_out) == 1
    assert not sent.event.get("properties")
    assert "revenue" not in sent.event


def test_a_measure_that_makes_no_sense_is_not_known() -> None:
    engaged = read(name="engagement", e=-5, sd=255).event
    assert (engaged["engagement_time"], engaged.get("scroll_depth")) == (0, None)
    assert read(name="engagement", e="long", sd=None).event.get("engagement_time") is None
    assert "engagement_time" not in read(e=1500).event


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"domain": None}, "/domain"),
        ({"domain": " "}, "/domain"),
        ({"url": None}, "/url"),
        ({"url": "/a"}, "/url"),
        ({"name": None}, "/name"),
    ],
)
def test_an_event_without_what_it_needs_is_refused_at_its_field(fields: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Refused) as refused:
        read(**fields)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_an_event_may_name_several_domains() -> None:
    assert read(domain="shop.example, blog.example,").domains == ["shop.example", "blog.example"]
