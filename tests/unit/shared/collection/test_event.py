import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json

from shared.collection.accept import read_batch
from shared.collection.event import MAX_AHEAD, validate
from shared.collection.rows import COLUMNS, Arrival, copy_rows
from shared.platform.refusals import Refused

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(["id", "name", "timestamp", "visitor_id", "url", "referrer", "properties", "other"])


def refused(**fields: Any) -> str:
    _, rejected = validate([{"name": "signup"} | fields], NOW)
    return rejected[0]["error"] if rejected else ""


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": ""}, "name: '' must have at least 1 character"),
        ({"name": None}, "name: must be a valid string"),
        ({"name": "a\tb"}, "name: 'a\\tb' must not contain control characters"),
        ({"id": "x" * 201}, "id: "),
        ({"id": ["x"]}, "id: "),
        ({"timestamp": "yesterday"}, "timestamp: 'yesterday' must be an ISO 8601"),
        ({"timestamp": 1_700_000_000}, "timestamp: '1700000000' must be an ISO 8601"),
        ({"timestamp": "1999-12-31T23:59:59Z"}, "timestamp: '1999-12-31T23:59:59+00:00' lies before 2000-01-01"),
        ({"timestamp": "20261005"}, "timestamp: '20261005' must be an ISO 8601"),
        ({"timestamp": "2026"}, "timestamp: '2026' must be an ISO 8601"),
        ({"timestamp": "2026-03-01"}, "timestamp: '2026-03-01' must be an ISO 8601"),
        ({"timestamp": "1772366400"}, "timestamp: '1772366400' must be an ISO 8601"),
        ({"timestamp": "2026-W09-7T12:00"}, "timestamp: '2026-W09-7T12:00' must be an ISO 8601"),
        ({"timestamp": "2026-02-30T12:00:00Z"}, "timestamp: '2026-02-30T12:00:00Z' must be an ISO 8601"),
        ({"timestamp": "2026-03-01T12:00:00 CET"}, "timestamp: '2026-03-01T12:00:00 CET' must be an ISO 8601"),
        ({"url": 5}, "url: '5' must be a valid string"),
        ({"referrer": 5}, "referrer: "),
        ({"address": "shop.example"}, "address: 'shop.example' must be an address of IPv4 or IPv6"),
        ({"country": "Germany"}, "country: 'Germany' must be the two letters of ISO 3166-1"),
        ({"language": "!"}, "language: '!' must be a language tag"),
        ({"screen_width": 0}, "screen_width: "),
        ({"scroll_depth": 101}, "scroll_depth: "),
        ({"engagement_time": -1}, "engagement_time: "),
        ({"interactive": "no"}, "interactive: "),
        ({"revenue": {"amount": 1}}, "revenue.currency: is missing"),
        ({"revenue": {"amount": 1, "currency": "Euro"}}, "revenue.currency: 'Euro' must be the three letters"),
        ({"revenue": {"amount": "much", "currency": "EUR"}}, "revenue.amount: "),
        ({"properties": []}, "properties: "),
        ({"properties": {"a": {}}}, "properties.a: must be text, a number, true, false or null"),
        ({"properties": {"a": "x" * 2001}}, f"properties.a: '{'x' * 100}…' must have at most 2000 characters"),
        ({"properties": {"": 1}}, "properties"),
        ({"properties": {str(number): 1 for number in range(31)}}, "properties: at most 30 properties"),
        ({"unknown": 1}, "unknown: is not a field of an event"),
    ],
)
def test_a_wrong_field_is_named_with_its_reason(fields: dict[str, Any], reason: str) -> None:
    assert refused(**fields).startswith(reason)


@pytest.mark.parametrize(
    "fields",
    [
        {"x" * 10_000: 1}, {"properties": {"x" * 10_000: 1}}, {"properties": {"a": ["x" * 10_000]}}, {"name": "x" * 10_000},
        {"timestamp": "x" * 10_000}, {"timestamp": 10**4000}, {"id": {"x" * 10_000: 1}},
    ],
    ids=lambda fields: next(iter(fields))[:10],
)  # fmt: skip
def test_a_reason_is_never_longer_than_a_few_lines(fields: dict[str, Any]) -> None:
    assert 0 < len(refused(**fields)) < 500


@pytest.mark.parametrize(
    "fields",
    [
        {"id": 17}, {"visitor_id": 17}, {"visitor_id": None}, {"url": None},
        {"timestamp": "2026-03-01T12:00:00.123456Z"}, {"timestamp": "2026-03-01T13:00:00+01:00"},
        {"timestamp": "2026-03-01 12:00:00"}, {"timestamp": "20260301T120000Z"}, {"timestamp": "2026-03-01T12:00"},
        {"timestamp": "2026-03-01T12:00:00,5+0100"}, {"timestamp": "2026-03-01t12:00:00z"},
        {"url": f"https://shop.example/?{'x' * 9000}"}, {"referrer": "x" * 9000}, {"user_agent": "x" * 600}, {"user_agent": ""},
        {"address": "[2001:db8::1]:443"}, {"country": "de"}, {"language": "pt-BR"}, {"title": "x" * 9000},
        {"revenue": {"amount": 10, "currency": "eur"}}, {"interactive": False}, {"scroll_depth": 0},
        {"properties": {"text": "x", "number": 1.5, "yes": True, "nothing": None, "big": 10**18}},
        {"properties": {str(number): 1 for number in range(30)}},
    ],
)  # fmt: skip
def test_a_right_field_is_taken(fields: dict[str, Any]) -> None:
    assert refused(**fields) == ""


def test_five_minutes_ahead_is_taken_and_a_microsecond_more_is_not() -> None:
    assert refused(timestamp=(NOW + MAX_AHEAD).isoformat()) == ""
    assert "future" in refused(timestamp=(NOW + MAX_AHEAD + timedelta(microseconds=1)).isoformat())


def test_a_time_without_a_zone_is_utc() -> None:
    [(_, event)], _ = validate([{"name": "x", "timestamp": "2026-03-01T12:00:00"}], NOW)
    assert event["timestamp"] == NOW


@given(st.lists(st.dictionaries(fields, json_values, max_size=5) | json_values, max_size=5))
def test_every_event_is_either_taken_as_one_row_or_refused_with_a_reason(events: list[Any]) -> None:
    try:
        document = from_json(json.dumps({"events": events}, allow_nan=False))
    except ValueError:
        return  # a number that JSON has no way to write, or lone surrogates
    try:
        batch = read_batch(document, NOW)
    except Refused as refusal:
        assert not events or len(refusal.faults) == len(events)
        return
    assert len(batch.events) + len(batch.rejected) == len(events)
    rows = copy_rows(batch.events, Arrival(site_id=1, received_at=NOW, visitor_id=1))
    lines = rows.decode().split("\n")
    assert [line.count("\t") for line in lines] == [len(COLUMNS) - 1] * len(batch.events) + [0]
    assert "\x00" not in rows.decode()
