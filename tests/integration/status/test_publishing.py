import json
import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from shared.calendar.edit import Calendar
from shared.calendar.model import Plan
from shared.calendar.store import CalendarStore
from shared.events.event import Event
from shared.events.health import ProbeFailed, ProbeRecovered
from shared.events.kpi import KpiBreached
from shared.health.model import Outcome, Result
from shared.health.prober import Rules as ProbeRules
from shared.health.prober import observe
from shared.health.store import ProbeStore
from shared.incidents import by_people
from shared.incidents.act import act
from shared.incidents.by_people import Saying
from shared.incidents.handle_signal import handle_signal
from shared.incidents.review_store import ReviewStore
from shared.incidents.rules import Rules
from shared.incidents.signals import signals_of
from shared.incidents.store import IncidentStore
from shared.incidents.tick import tick as incidents_tick
from shared.platform.moments import stamp
from shared.platform.outbox import waiting
from shared.runbook.load import the_runbook
from shared.together.maintenances import maintenances_at
from tests.integration.status.conftest import Publisher

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TITLES = {name: one.title for name, one in the_runbook().components.items()}
RULES = replace(Rules.of(the_runbook()), resolve_after=2 * MINUTE)
DOWN = ["collection", "analytics"]


class World:
    """The operations table, and who writes to it."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.incidents = IncidentStore(publisher.table)
        self.calendar = CalendarStore(publisher.table)
        self.planned = partial(maintenances_at, self.calendar)
        self.probes = ProbeStore(publisher.table)

    def hear(self, event: Event) -> None:
        for signal in signals_of(event, RULES):
            handle_signal(self.incidents, RULES, self.planned, signal)

    def probe(self, at: datetime, *, well: bool, times: int = 3) -> None:
        """So many probes in a row, and what the incidents make of what they tell."""
        checks = {name: one.checks for name, one in the_runbook().components.items()}
        rules = ProbeRules(failures=3, successes=2, components=checks)
        for _ in range(times):
            failing = {"/health/db", "/health/redis", "canary"}
            names = {check for group in checks.values() for check in group}
            outcomes = [
                Outcome(check=name, result=Result.PASSED if well or name not in failing else Result.FAILED, why="tried",
                        address="https://app.example.com", reached=True) for name in sorted(names)
            ]  # fmt: skip
            memory = self.probes.read()
            standings, events = observe(memory.standings, outcomes, rules, stamp(at))
            self.probes.write(replace(memory, standings=standings), outcomes, events, at)
            for event in events:
                self.hear(event)

    def calendar_of(self, at: datetime) -> Calendar:
        return Calendar(self.calendar, TITLES, by="ada", now=at)

    def api(self, name: str) -> Any:
        return json.loads(self.publisher.read(f"api/v2/{name}.json"))

    def statuses(self) -> dict[str, str]:
        return {one["name"]: one["status"] for one in self.api("components")["components"]}


@pytest.fixture
def world(publisher: Publisher) -> World:
    return World(publisher)


def test_an_empty_table_is_a_page_that_says_that_checks_have_not_reported(world: World) -> None:
    report = world.publisher.run(START)
    assert report["published"]
    assert world.api("status")["status"]["indicator"] == "none"
    assert b"Automatic checks have not reported yet" in world.publisher.read("index.html")


def test_an_outage_goes_through_its_states_on_the_page(world: World) -> None:
    publisher = world.publisher
    world.probe(START, well=True)
    publisher.run(START)
    assert world.api("status")["status"]["indicator"] == "none"

    world.probe(START + MINUTE, well=False)
    publisher.run(START + MINUTE)
    assert world.statuses() == {
        "Console": "operational", "Event collection": "major_outage", "Analytics": "major_outage",
    }  # fmt: skip
    [incident] = world.api("incidents/unresolved")["incidents"]
    assert (incident["status"], incident["impact"]) == ("investigating", "critical")

    saying = Saying(by="ada", at=START + 2 * MINUTE, note="The database restarts.", public=True)
    [known] = world.incidents.open_ones()
    act(
        world.incidents, RULES, known.id, saying.at, lambda one: by_people.updated(one, saying, {"state": "identified"})
    )
    publisher.run(START + 2 * MINUTE)
    [incident] = world.api("incidents/unresolved")["incidents"]
    assert incident["incident_updates"][0]["body"] == "The database restarts."

    world.probe(START + 3 * MINUTE, well=True)
    publisher.run(START + 3 * MINUTE)
    assert world.api("summary")["incidents"][0]["status"] == "monitoring"
    assert set(world.statuses().values()) == {"operational", "degraded_performance"}

    incidents_tick(world.incidents, ReviewStore(publisher.table), RULES, world.planned, START + 6 * MINUTE)
    world.probe(START + 6 * MINUTE, well=True)
    publisher.run(START + 6 * MINUTE)
    assert world.api("incidents/unresolved")["incidents"] == []
    assert world.api("status")["status"]["indicator"] == "none"
    [incident] = world.api("incidents")["incidents"]
    assert incident["resolved_at"] is not None
    assert f"incidents/{incident['id']}.html" in publisher.files()


def test_events_three_times_and_in_any_order_give_the_page_that_one_heartbeat_gives(world: World) -> None:
    world.probe(START, well=False)
    world.calendar_of(START).plan(
        Plan(kind="maintenance", title="Upgrade", reason="New version", start=START + MINUTE, end=START + 9 * MINUTE,
             components=("console",))
    )  # fmt: skip
    at = START + 2 * MINUTE
    world.publisher.run(at)
    expected = world.publisher.files()
    events = [dict(item) for item in waiting(world.publisher.table)] * 3
    for seed in range(3):
        random.Random(seed).shuffle(events)
        for item in events:
            world.publisher.run(at, {"detail-type": item["detail_type"], "detail": json.loads(str(item["detail"]))})
        assert world.publisher.files() == expected


def test_a_maintenance_begins_and_ends_on_the_page_and_on_the_bus_with_the_heartbeat(world: World) -> None:
    plan = Plan(
        kind="maintenance", title="Upgrade", reason="New version", start=START + MINUTE, end=START + 9 * MINUTE,
        components=("analytics",),
    )  # fmt: skip
    entry = world.calendar_of(START).plan(plan)
    seen = []
    for minute in (0, 1, 1, 5, 9, 9, 20):
        world.probe(START + minute * MINUTE, well=True)
        report = world.publisher.run(START + minute * MINUTE)
        seen.append((world.statuses()["Analytics"], report["told"]))
    up, works = "operational", "under_maintenance"
    assert seen == [
        (up, []), (works, [f"{entry.id}-began"]), (works, []), (works, []), (up, [f"{entry.id}-ended"]), (up, []), (up, []),
    ]  # fmt: skip


def test_a_freeze_concerns_nobody_who_reads_the_page(world: World) -> None:
    plan = Plan(kind="freeze", title="Holidays", reason="x", start=START, end=START + timedelta(days=2))
    world.calendar_of(START).plan(plan)
    world.publisher.run(START)
    assert world.api("scheduled-maintenances")["scheduled_maintenances"] == []
    assert b"Holidays" not in world.publisher.read("index.html")


def test_what_customers_do_not_feel_is_not_told_to_them(world: World) -> None:
    breach: dict[str, Any] = {"severity": "page", "decision": "d", "at": stamp(START), "why": "99.8%"}
    world.hear(KpiBreached(id="1", kpi="availability", title="Availability", **breach))
    world.publisher.run(START)
    assert world.api("incidents")["incidents"] == []
    world.hear(KpiBreached(id="2", kpi="error_rate", title="Error rate", **breach))
    world.publisher.run(START)
    [incident] = world.api("incidents")["incidents"]
    assert incident["impact"] == "major"


def test_a_recovery_that_arrives_before_its_failure_leaves_nothing_down(world: World) -> None:
    failed = {"at": stamp(START), "subject": "service", "components": DOWN, "why": "503"}
    recovered = failed | {"at": stamp(START + MINUTE)}
    world.hear(ProbeRecovered(id="r", **recovered))  # type: ignore[arg-type]  # fields come as a plain mapping
    world.hear(ProbeFailed(id="f", **failed))  # type: ignore[arg-type]  # fields come as a plain mapping
    world.probe(START + MINUTE, well=True)
    world.publisher.run(START + MINUTE)
    assert "major_outage" not in world.statuses().values()


def test_nothing_that_the_publisher_imports_speaks_to_postgresql_or_valkey() -> None:
    code = (
        "import sys; import shared.together.status_facts, functions.status_publisher.publish, shared.status.render;"
        "print(*[name for name in ('pg8000', 'hiredis', 'fastapi', 'boto3') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
