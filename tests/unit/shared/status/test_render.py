import json
import random
import re
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from shared.status.describe import describe
from shared.status.model import Facts, Line
from shared.status.render import HEARTBEAT, render
from tests.status_pages import DEGRADED, EMPTY, MAINTENANCE, NOW, OPERATIONAL, OUTAGE, STATES, URL, ago, page_of

SCHEMA = json.loads(Path(__file__).with_name("statuspage_v2.schema.json").read_text())
ATOM = "{http://www.w3.org/2005/Atom}"
EVERY_STATE = STATES | {"empty": EMPTY}
BY_THE_MINUTE = {"index.html", HEARTBEAT}
API = {
    "summary", "status", "components", "incidents", "incidents/unresolved", "scheduled-maintenances",
    "scheduled-maintenances/active", "scheduled-maintenances/upcoming",
}  # fmt: skip
every_state = pytest.mark.parametrize("facts", EVERY_STATE.values(), ids=EVERY_STATE)


def text(facts: Facts, path: str) -> str:
    return render(page_of(facts))[path].content.decode()


def api(facts: Facts, name: str) -> Any:
    return json.loads(text(facts, f"api/v2/{name}.json"))


@every_state
@pytest.mark.parametrize("name", sorted(API))
def test_every_document_is_of_the_public_schema(facts: Facts, name: str) -> None:
    schema = {**SCHEMA, "$ref": f"#/$defs/{name.replace('/', '-')}"}
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(api(facts, name))


def test_the_schema_refuses_what_is_not_of_it() -> None:
    document = api(OUTAGE, "summary")
    document["page"]["updated_at"] = "yesterday"
    assert not Draft202012Validator({**SCHEMA, "$ref": "#/$defs/summary"}).is_valid(document)


def test_the_documents_say_what_is_so() -> None:
    assert api(OUTAGE, "status")["status"] == {"indicator": "major", "description": "Partial System Outage"}
    assert [one["name"] for one in api(OUTAGE, "incidents/unresolved")["incidents"]] == ["The service does not answer"]
    assert len(api(OUTAGE, "incidents")["incidents"]) == 5
    assert [one["status"] for one in api(OUTAGE, "components")["components"]] == [
        "operational", "major_outage", "major_outage",
    ]  # fmt: skip
    [upgrade] = api(MAINTENANCE, "scheduled-maintenances/active")["scheduled_maintenances"]
    assert (upgrade["status"], upgrade["impact"]) == ("in_progress", "maintenance")
    assert api(MAINTENANCE, "scheduled-maintenances/upcoming")["scheduled_maintenances"] == []
    assert len(api(OPERATIONAL, "scheduled-maintenances/upcoming")["scheduled_maintenances"]) == 1


@every_state
def test_links_lead_to_files_that_are_there(facts: Facts) -> None:
    files = render(page_of(facts))
    pages = {path: file.content.decode() for path, file in files.items() if path.endswith(".html")}
    for content in pages.values():
        for link in re.findall(r'(?:href|src)="([^"#]+)"', content):
            assert link.startswith("/")
            assert link.removeprefix("/") in files or link == "/"
    for incident in api(facts, "incidents")["incidents"]:
        assert incident["shortlink"].removeprefix(f"{URL}/") in files


@every_state
def test_rss_is_a_feed_with_an_item_for_each_thing_told(facts: Facts) -> None:
    channel = ET.fromstring(text(facts, "history.rss")).find("channel")  # noqa: S314 -- our own
    assert channel is not None
    items = channel.findall("item")
    assert len(items) == len(facts.incidents) + len(facts.maintenances)
    dates = [parsedate_to_datetime(item.findtext("pubDate") or "") for item in items]
    assert dates == sorted(dates, reverse=True)
    assert len({item.findtext("guid") for item in items}) == len(items)


@every_state
def test_atom_is_a_feed_with_what_its_standard_asks_for(facts: Facts) -> None:
    feed = ET.fromstring(text(facts, "history.atom"))  # noqa: S314 -- written by our own code
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(facts.incidents) + len(facts.maintenances)
    for one in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert one.findtext(f"{ATOM}{name}")
        datetime.fromisoformat(one.findtext(f"{ATOM}updated") or "")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None


def test_what_people_write_is_text_and_never_markup() -> None:
    nasty = '<script>alert("1")</script> & \x00 end'
    worst = replace(
        OUTAGE.incidents[-1], title=nasty, lines=(Line(at=NOW, state="identified", text=nasty, public=True),)
    )
    files = render(page_of(replace(OUTAGE, incidents=(worst,))))
    for path, file in files.items():
        if path.endswith((".html", ".rss", ".atom")):
            assert b"<script>alert" not in file.content
        if path.endswith((".rss", ".atom")):
            ET.fromstring(file.content)  # noqa: S314 -- written by our own code


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@every_state
def test_nothing_is_inline_that_the_content_security_policy_forbids(facts: Facts) -> None:
    for path, file in render(page_of(facts)).items():
        if not path.endswith(".html"):
            continue
        tags = Tags()
        tags.feed(file.content.decode())
        for tag, attributes in tags.found:
            assert tag != "style"
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            assert tag != "script" or attributes.get("src") == "/status.js"


def test_a_minute_in_which_nothing_happens_changes_the_overview_and_the_heartbeat_alone() -> None:
    before = render(describe(DEGRADED, NOW))
    after = render(describe(DEGRADED, NOW + timedelta(minutes=1)))
    assert set(before) == set(after)
    assert {path for path in before if before[path] != after[path]} == BY_THE_MINUTE
    was, now = (json.loads(files[HEARTBEAT].content) for files in (before, after))
    assert was["version"] == now["version"]
    assert was["at"] < now["at"]


def test_the_version_changes_when_there_is_something_new_to_read() -> None:
    versions = {json.loads(text(facts, HEARTBEAT))["version"] for facts in EVERY_STATE.values()}
    assert len(versions) == len(EVERY_STATE)


@every_state
def test_without_a_script_the_page_shows_when_it_was_written(facts: Facts) -> None:
    assert '<time datetime="2026-11-24T13:42:07.000Z" data-heartbeat=' in text(facts, "index.html")
    assert "24 Nov 2026, 13:42 UTC" in text(facts, "index.html")


def test_the_headline_is_as_bad_as_the_components_and_an_open_incident_is_an_incident() -> None:
    """A month without incidents before it, records of eight minutes."""
    opened = replace(OUTAGE.incidents[-1], opened_at=ago(minutes=6))
    for impact, headline in (("minor", "Some systems are degraded"), ("major", "Partial outage"),
                             ("critical", "Some systems are down")):  # fmt: skip
        facts = replace(OUTAGE, since=ago(minutes=8), incidents=(replace(opened, impact=impact),), probe=None)  # type: ignore[arg-type]  # impacts as plain text
        page = text(facts, "index.html")
        assert f'<h1 id="headline">{headline}</h1>' in page
        assert "No other incidents in the last 14 days." in page
        assert "% uptime" not in page
        assert "not enough history yet" in page
    assert "No incidents in the last 14 days." in text(replace(OPERATIONAL, incidents=()), "index.html")


def test_bars_have_a_text_that_says_the_same() -> None:
    page = text(OUTAGE, "index.html")
    assert 'aria-label="Event collection, last 90 days: 99.97% uptime"' in page
    assert "<title>24 Nov 2026: 11 min major outage</title>" in page
    assert page.count("<rect class=") == 3 * 90


@given(st.randoms(use_true_random=False))
def test_the_same_facts_in_any_order_are_the_same_page(order: random.Random) -> None:
    def mixed(things: Any) -> Any:
        return tuple(order.sample(things, len(things)))

    incidents = tuple(
        replace(one, lines=tuple(sorted(mixed(one.lines), key=lambda line: (line.at, line.public))))
        for one in mixed(OUTAGE.incidents)
    )
    facts = replace(OUTAGE, incidents=incidents, maintenances=mixed(OUTAGE.maintenances))
    assert render(page_of(facts)) == render(page_of(OUTAGE))
