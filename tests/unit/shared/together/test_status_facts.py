from dataclasses import replace
from typing import Any

from shared.incidents.signals import signals_of
from shared.platform.moments import stamp
from shared.runbook.load import the_runbook
from shared.status.describe import describe
from shared.status.uptime import days_of
from shared.together.status_facts import Source
from tests.unit.shared.incidents.told import kpi_breached, probe_failed, probe_recovered
from tests.unit.shared.incidents.world import RULES, World, at


def facts_of(world: World, minutes: float) -> Any:
    return Source(world.table, the_runbook(), "https://status.example.com").facts(at(minutes))


def test_an_outage_is_on_the_page_since_customers_felt_it_and_in_words_that_they_know() -> None:
    world = World()
    world.tick(-60)
    slow = replace(signals_of(kpi_breached(0, "latency"), RULES)[0], severity="ticket")
    world.hear(slow)
    assert facts_of(world, 3).incidents == ()
    world.hear(kpi_breached(4))
    (incident,) = facts_of(world, 5).incidents
    assert (incident.title, incident.opened_at) == ("Some requests fail or are slow", at(4))
    world.hear(replace(probe_failed(6, "analytics"), since=stamp(at(3.5))))
    (incident,) = facts_of(world, 7).incidents
    assert (incident.title, incident.opened_at) == ("Not available: Analytics", at(3.5))


def test_a_component_that_recovers_works_again_on_the_page_while_another_fails() -> None:
    world = World()
    world.tick(-60)
    world.hear(
        replace(probe_failed(0, "console", "analytics"), since=stamp(at(0))),
        replace(probe_failed(10, "console"), since=stamp(at(0))),
    )
    page = describe(facts_of(world, 20), at(20))
    assert {one.component.id: one.status for one in page.components} == {
        "console": "major_outage", "collection": "operational", "analytics": "operational",
    }  # fmt: skip
    world.hear(probe_recovered(30, "console"))
    found = {name: days_of(name, facts_of(world, 40), at(40))[-1].major for name in ("console", "analytics")}
    assert found == {"console": 30 * 60, "analytics": 10 * 60}
