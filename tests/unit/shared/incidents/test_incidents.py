from dataclasses import replace
from itertools import permutations

import pytest

from shared.incidents import by_people
from shared.incidents.refusal import NotPossible, UnknownIncident
from shared.incidents.signals import signals_of
from shared.platform.moments import stamp
from shared.platform.refusals import Refused
from tests.unit.shared.incidents.told import (
    alarm_signal,
    budget_exhausted,
    kpi_breached,
    kpi_recovered,
    probe_failed,
    probe_recovered,
    task_failed,
    task_missed,
    task_passed,
    task_unconfigured,
)
from tests.unit.shared.incidents.world import RULES, World, at

DAY = 24 * 60  # minutes


@pytest.fixture
def world() -> World:
    return World()


def kinds(world: World) -> list[str]:
    return [change for _, change in world.changes()]


def test_a_failure_opens_one_incident_that_recovers_and_resolves_by_itself(world: World) -> None:
    world.hear(probe_failed(0, "analytics"))
    incident = world.only()
    assert (incident.state, incident.severity, incident.customer_impacting) == ("investigating", "page", True)
    assert incident.title == "Not available: Analytics"
    world.hear(probe_recovered(5))
    assert not world.tick(6.9).changed
    assert world.only().state == "monitoring"
    assert world.tick(7).changed == (incident.id,)
    incident = world.only()
    assert (incident.state, incident.resolved_at, incident.monitoring_since) == ("resolved", at(7), at(5))
    assert not world.tick(8).changed
    assert world.changes() == [(f"{incident.id}-{n + 1}", change)
                               for n, change in enumerate(("opened", "monitoring", "resolved"))]  # fmt: skip


def test_a_failure_while_it_is_watched_starts_the_count_anew(world: World) -> None:
    world.hear(probe_failed(0, "analytics"), probe_recovered(5), probe_failed(6, "analytics"))
    assert world.only().state == "investigating"
    world.tick(60)
    assert world.only().state == "investigating"
    world.hear(probe_recovered(61))
    world.tick(62)
    assert world.only().state == "monitoring"
    world.tick(63)
    assert world.only().state == "resolved"
    told = kinds(world)
    assert [one for one in told if one != "escalated"] == ["opened", "monitoring", "reopened", "monitoring", "resolved"]


def test_a_burst_of_one_cause_is_one_incident_and_one_announcement(world: World) -> None:
    world.hear(
        probe_failed(0, "collection"), kpi_breached(1), task_failed(2, "health_check"), kpi_breached(3, "latency")
    )
    incident = world.only()
    assert incident.signals == 4
    assert kinds(world) == ["opened"]
    assert len(world.incidents.timeline(incident.id)) == 4


def test_other_components_are_told_once(world: World) -> None:
    world.hear(probe_failed(0, "analytics"), probe_failed(1, "analytics", "collection"), probe_failed(2, "collection"))
    assert world.only().components == ("collection",)
    assert world.only().title == "Not available: Event collection"
    assert kinds(world) == ["opened", "updated", "updated"]


def test_the_probe_is_believed_before_what_looks_back_an_hour(world: World) -> None:
    world.hear(probe_failed(0, "analytics"), kpi_breached(3), probe_recovered(5))
    assert world.only().state == "monitoring"
    world.hear(kpi_breached(6, "latency"))  # still counts what was slow then
    assert world.only().state == "monitoring"
    world.tick(7)
    assert world.only().state == "resolved"
    assert world.hear(kpi_breached(11, "availability"), budget_exhausted(11)) == ["noted", "noted"]
    world.hear(kpi_recovered(65))
    assert kinds(world) == ["opened", "monitoring", "resolved"]
    assert world.only().signals == 5


def test_what_looks_back_an_hour_opens_an_incident_when_nothing_else_does(world: World) -> None:
    world.hear(kpi_breached(0), kpi_breached(1, "latency"), kpi_recovered(20))
    assert world.only().state == "investigating"
    world.hear(kpi_recovered(30, "latency"))
    assert world.only().state == "monitoring"


def test_long_after_an_incident_a_missed_target_is_another_one(world: World) -> None:
    world.hear(probe_failed(0, "analytics"), probe_recovered(5))
    world.tick(7)
    world.hear(kpi_breached(70))
    assert len(world.all()) == 2


def test_a_task_that_never_ran_is_over_when_it_runs_and_says_nothing_of_the_service(world: World) -> None:
    world.hear(task_missed(0, "health_check"))
    assert (world.only().causes, world.only().customer_impacting) == (("task:health_check",), False)
    world.hear(task_unconfigured(30, "health_check"))
    assert world.only().state == "monitoring"


def test_a_task_that_cannot_judge_neither_opens_nor_ends_an_incident(world: World) -> None:
    world.hear(task_unconfigured(0))
    assert not world.all()
    world.hear(task_failed(1), task_unconfigured(2))
    assert world.only().state == "investigating"
    world.hear(task_passed(3))
    assert world.only().state == "monitoring"


def test_the_prober_is_no_incident_of_the_service(world: World) -> None:
    world.hear(probe_failed(0, subject="prober"))
    assert (world.only().causes, world.only().customer_impacting) == (("prober",), False)


def test_a_recovery_that_overtakes_its_failure_leaves_nothing_open(world: World) -> None:
    world.hear(probe_recovered(5), probe_failed(0, "analytics"))
    assert world.only().state == "monitoring"
    world.tick(7)
    assert world.only().state == "resolved"
    assert kinds(world) == ["opened", "monitoring", "resolved"]


def test_a_stale_signal_changes_nothing_and_is_known_afterwards(world: World) -> None:
    world.hear(probe_failed(0, "analytics"), probe_failed(9, "analytics"))
    before = world.only()
    assert world.hear(probe_failed(4, "collection")) == ["stale"]
    assert world.hear(probe_failed(4, "collection")) == ["repeated"]
    assert world.only() == before


def test_nobody_acknowledges_it_and_it_is_escalated_once_for_each_severity(world: World) -> None:
    world.hear(kpi_breached(0, "incidents"))
    incident = world.act(world.only(), 1, by_people.updated, {"severity": "ticket"})
    assert not world.tick(24 * 60).changed, "it has been a ticket for a minute less than a day"
    assert world.tick(24 * 60 + 1).changed == (incident.id,)
    assert not world.tick(24 * 60 + 2).changed
    world.act(incident, 24 * 60 + 2, by_people.updated, {"severity": "page"})
    assert not world.tick(24 * 60 + 16).changed, "it has been a page for fourteen minutes"
    assert world.tick(24 * 60 + 17).changed == (incident.id,)
    assert not world.tick(24 * 60 + 18).changed
    assert kinds(world).count("escalated") == 2
    texts = [entry.text for entry in world.incidents.timeline(incident.id) if "acknowledged" in entry.text]
    assert texts == [
        "Nobody has acknowledged this ticket within 1 day.", "Nobody has acknowledged this page within 15 minutes.",
    ]  # fmt: skip


def test_a_ticket_that_becomes_a_page_is_escalated_from_then(world: World) -> None:
    world.hear(task_failed(0, "latency_of_something"), alarm_signal(0, "Errors", FunctionName="p09-prod-ingest-worker"))
    world.tick(3)
    service = next(one for one in world.all() if one.causes == ("service",))
    world.hear(probe_failed(40, "analytics"))
    assert world.incidents.get(service.id).severity == "page"
    assert service.id not in world.tick(54).changed
    assert service.id in world.tick(55).changed


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_gravest_signal_names_an_outage_and_customers_date_it_in_whatever_order_signals_come(
    world: World, order: tuple[int, ...]
) -> None:
    slow = replace(signals_of(kpi_breached(0, "latency"), RULES)[0], severity="ticket")
    failing = signals_of(kpi_breached(4), RULES)[0]
    later = alarm_signal(6, "p09-prod-P09LatencyBurnFast", description="[page] Latency burns its budget. x")
    signals = (slow, failing, later)
    world.hear(*(signals[n] for n in order))
    incident = world.only()
    assert (incident.title, incident.severity) == ("error_rate misses its target", "page")
    assert (incident.customers_since, incident.began_at) == (at(4), at(4))


def test_an_outage_is_dated_from_the_first_look_that_failed(world: World) -> None:
    world.hear(replace(probe_failed(2, "analytics"), since=stamp(at(1.5))), kpi_breached(4))
    incident = world.only()
    assert (incident.opened_at, incident.began_at) == (at(2), at(1.5))


def test_a_person_who_says_that_customers_are_hit_dates_it_from_its_opening(world: World) -> None:
    world.hear(task_failed(0))
    incident = world.act(world.only(), 30, by_people.updated, {"customer_impacting": True})
    assert incident.began_at == at(0)


def test_the_graver_of_two_that_are_merged_names_them(world: World) -> None:
    world.hear(task_failed(0), probe_failed(4, "analytics"))
    memory, service = world.all()
    world.merge(service, memory, 5)
    merged = world.incidents.get(memory.id)
    assert (merged.title, merged.began_at, merged.severity_since) == ("Not available: Analytics", at(4), at(5))


def test_a_line_of_the_timeline_says_which_components_failed_then(world: World) -> None:
    world.hear(probe_failed(0, "console", "analytics"), probe_failed(3, "console"), probe_recovered(9, "console"))
    assert [entry.components for entry in world.incidents.timeline(world.only().id)] == [
        ("console", "analytics"), ("console",), ("console",), ("console",),
    ]  # fmt: skip


def test_who_acknowledges_it_owns_it_and_it_is_not_escalated(world: World) -> None:
    world.hear(probe_failed(0, "analytics"))
    incident = world.act(world.only(), 1, by_people.acknowledged)
    assert (incident.owner, incident.acknowledged_by) == ("ada", "ada")
    assert world.act(incident, 2, by_people.acknowledged) == incident
    assert not world.tick(60).changed


def test_what_turns_out_graver_is_told_to_people(world: World) -> None:
    world.hear(alarm_signal(0, "Errors", FunctionName="p09-prod-ingest-worker"))
    world.tick(3)
    world.hear(probe_failed(4, "analytics"), kpi_breached(5))
    assert [(one["change"], one["severity"], one["note"]) for one in world.told()] == [
        ("opened", "ticket", ""), ("updated", "page", "Severity raised: Not available: Analytics."),
    ]  # fmt: skip


def test_an_alarm_that_is_no_page_opens_nothing_that_a_probe_says_better(world: World) -> None:
    assert world.hear(alarm_signal(0, "Errors", FunctionName="p09-prod-ingest-worker")) == ["waiting"]
    world.hear(probe_failed(1, "analytics"))
    assert world.tick(2.5).opened == (world.only().id,)
    assert (world.only().title, world.only().signals) == ("Not available: Analytics", 2)
    assert kinds(world) == ["opened"]


def test_an_alarm_that_lasts_opens_an_incident_and_one_that_does_not_opens_none(world: World) -> None:
    world.hear(alarm_signal(0, "a"), alarm_signal(0, "b"), alarm_signal(1, "b", state="OK"))
    assert not world.tick(1.9).opened
    assert world.tick(2.1).opened == (world.only().id,)
    assert world.only().causes == ("alarm:a",)
    assert not world.tick(3).opened
    world.hear(alarm_signal(4, "a", state="OK"))
    assert world.only().state == "monitoring"


def test_signals_leave_alone_what_a_person_has_set(world: World) -> None:
    world.hear(task_failed(0, "health_check"))
    changes = {"severity": "ticket", "customer_impacting": False, "title": "A drill", "components": ()}
    world.act(world.only(), 1, by_people.updated, changes)
    world.hear(probe_failed(2, "analytics"))
    incident = world.only()
    assert (incident.severity, incident.customer_impacting, incident.title) == ("ticket", False, "A drill")
    assert incident.components == ()


def test_what_a_person_says_is_told_with_what_it_changes(world: World) -> None:
    world.hear(probe_failed(0, "analytics"))
    world.act(world.only(), 1, by_people.updated, {"state": "identified"})
    told = world.told()[-1]
    assert (told["change"], told["state"], told["note"], told["public"]) == ("updated", "identified", "seen", True)
    with pytest.raises(Refused):
        by_people.updated(world.only(), by_people.Saying(by="ada", at=at(2)), {"state": "identified"})


def test_people_resolve_what_is_well_and_insist_on_what_is_not(world: World) -> None:
    world.hear(task_failed(0))
    with pytest.raises(NotPossible, match=r"task:redis_memory.*although_failing"):
        world.act(world.only(), 1, by_people.resolved, although_failing=False)
    world.act(world.only(), 1, by_people.resolved, although_failing=True)
    assert world.only().state == "resolved"
    for act in (by_people.acknowledged, lambda one, said: by_people.resolved(one, said, although_failing=True)):
        with pytest.raises(NotPossible, match="is resolved") as refused:
            world.act(world.only(), 2, act)
        assert refused.value.may == ("update", "reopen")
    world.hear(task_failed(3))
    assert len(world.all()) == 2


def test_an_incident_never_ends_before_it_began_whatever_clocks_say(world: World) -> None:
    world.hear(task_failed(5))
    incident = world.act(world.only(), 4.9, by_people.resolved, although_failing=True)
    assert incident.resolved_at == incident.opened_at


def test_what_a_person_opens_only_a_person_resolves(world: World) -> None:
    incident = world.report("Slow exports", 0)
    world.act(incident, 1, by_people.updated, {"state": "monitoring"})
    assert not [one for one in world.tick(600).changed if world.incidents.get(one).state == "resolved"]
    with pytest.raises(NotPossible, match=incident.id):
        world.report("  slow  EXPORTS", 2)


def test_a_merged_incident_counts_once_and_its_signals_go_to_the_other(world: World) -> None:
    world.hear(probe_failed(0, "analytics"), task_failed(1))
    service, memory = world.all()
    world.merge(service, memory, 2)
    assert len(world.impacting()) == 1
    assert world.impacting()[0].endswith(memory.id)
    ended, other = world.all()
    assert (ended.state, ended.merged_into, ended.may) == ("resolved", memory.id, ())
    assert (other.signals, other.severity, other.components) == (2, "page", ("analytics",))
    world.hear(probe_recovered(3))
    assert world.incidents.get(memory.id).state == "monitoring"  # the probe's word weighs more
    world.hear(probe_failed(4, "analytics"))
    assert len(world.all()) == 2
    with pytest.raises(NotPossible, match="was merged into"):
        world.act(ended, 5, by_people.reopened)
    assert [change for _, change in world.changes()] == [
        "opened", "merged", "opened", "updated", "monitoring", "reopened",
    ]  # fmt: skip


def test_reopening_is_refused_while_another_is_open_for_the_cause(world: World) -> None:
    from shared.incidents.act import reopen

    saying = by_people.Saying(by="ada", at=at(9), note="again")
    world.hear(task_failed(0), task_passed(1))
    world.tick(3)
    first = world.only()
    assert reopen(world.incidents, RULES, first.id, saying).state == "investigating"
    assert world.incidents.open_ones()[0].id == first.id
    world.act(world.only(), 10, by_people.resolved, although_failing=False)
    world.hear(task_failed(11))
    with pytest.raises(NotPossible, match="is open for the same cause"):
        reopen(world.incidents, RULES, first.id, saying)


def test_kpis_count_what_concerned_customers_as_the_flag_stands(world: World) -> None:
    world.tick(0)
    assert world.table.get("incidents#customer-impacting", "since")
    incident = world.report("Slow exports", 1)
    assert world.impacting() == []
    world.act(incident, 2, by_people.updated, {"customer_impacting": True})
    assert world.impacting() == [f"2026-11-24T12:01:00Z#{incident.id}"]
    world.act(incident, 3, by_people.updated, {"customer_impacting": False})
    assert world.impacting() == []


def test_an_incident_counts_for_customers_in_the_span_in_which_it_opened(world: World) -> None:
    world.report("Sign-in fails", 10, customer_impacting=True)
    world.report("A disk fills up", 11)
    assert world.incidents.count_impacting(at(0), at(20)) is None, "nobody records any"
    world.tick(12)
    counts = [
        world.incidents.count_impacting(at(start), at(end)) for start, end in ((0, 10), (0, 10.1), (10, 20), (11, 20))
    ]
    assert counts == [0, 1, 1, 0]
    assert world.incidents.recorded_since() == at(12)


def test_a_maintenance_of_all_that_is_concerned_opens_nothing_until_it_ends(world: World) -> None:
    world.maintain(-5, 30, "analytics")
    assert world.hear(probe_failed(0, "analytics")) == ["suppressed"]
    assert not world.tick(29.9).opened
    assert not world.all()
    assert world.tick(30).opened == (world.only().id,)
    assert world.only().opened_at == at(30)
    assert not world.tick(31).opened
    world.hear(probe_recovered(32))
    assert world.only().state == "monitoring"


def test_a_maintenance_still_covers_a_failure_in_its_third_day(world: World) -> None:
    world.maintain(-3 * DAY, DAY, "analytics")
    assert world.hear(probe_failed(0, "analytics")) == ["suppressed"]
    assert not world.tick(DAY - 1).opened
    assert world.tick(DAY).opened == (world.only().id,)


def test_what_recovers_within_a_maintenance_was_no_incident(world: World) -> None:
    world.maintain(-5, 30, "analytics")
    world.hear(probe_failed(0, "analytics"), probe_recovered(5))
    assert not world.tick(31).opened


def test_a_maintenance_of_some_hides_nothing_of_the_others(world: World) -> None:
    world.maintain(-5, 30, "analytics")
    assert world.hear(probe_failed(0, "analytics", "collection")) == ["opened"]
    assert "opened" in world.hear(task_failed(1))


def test_a_maintenance_of_everything_covers_what_is_said_of_the_whole_service(world: World) -> None:
    world.maintain(-5, 30, "analytics", "collection", "console")
    assert world.hear(kpi_breached(1)) == ["suppressed"]
    assert "opened" in world.hear(task_failed(2))


def test_somebody_else_is_faster_and_nothing_is_lost(world: World) -> None:
    world.table.meanwhile.append(lambda: world.hear(kpi_breached(1)))
    world.hear(probe_failed(2, "analytics"))
    assert (world.only().signals, world.only().severity, world.only().sequence) == (2, "page", len(world.told()))
    world.table.meanwhile.append(lambda: world.act(world.only(), 3, by_people.acknowledged))
    world.hear(probe_recovered(4))
    assert (world.only().acknowledged_by, world.only().state) == ("ada", "monitoring")


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_two_overlapping_causes_in_any_order_are_two_incidents_that_end(world: World, order: tuple[int, ...]) -> None:
    events = [probe_failed(0, "analytics"), task_failed(1), probe_recovered(4), task_passed(5)]
    world.hear(*(events[n] for n in order))
    assert [one.state for one in world.all()] == ["monitoring", "monitoring"]
    service, task = world.all()
    assert world.changes() == [(f"{service.id}-1", "opened"), (f"{service.id}-2", "monitoring"),
                               (f"{task.id}-1", "opened"), (f"{task.id}-2", "monitoring")]  # fmt: skip


def test_open_incidents_are_found_by_their_causes(world: World) -> None:
    world.hear(probe_failed(0, "analytics"), task_failed(1), task_passed(2))
    world.tick(4)
    assert [one.causes for one in world.incidents.open_ones()] == [("service",)]
    with pytest.raises(UnknownIncident):
        world.incidents.get("INC-20200101-000000-000000")


def test_an_incident_is_read_as_it_was_written(world: World) -> None:
    world.hear(probe_failed(0, "analytics"), kpi_breached(1))
    incident = world.only()
    assert incident.failing["probe:service"].components == ("analytics",)
    assert incident.opened_at == at(0)
    timeline = world.incidents.timeline(incident.id)
    assert timeline[1].links["decision"] == "error_rate-20261124T120000Z"
    assert [entry.kind for entry in timeline] == ["signal", "signal"]


def test_incidents_count_for_the_span_in_which_they_opened_its_start_included_and_its_end_not(world: World) -> None:
    world.incidents.count_since(at(0))
    for minutes in (10, 20, 30):
        world.report(f"Broken {minutes}", minutes, customer_impacting=True)
    count, opened = world.incidents.count_impacting, world.incidents.opened_between
    assert count(at(10), at(30)) == len(opened(at(10), at(30))) == 2
    assert count(at(11), at(30)) == len(opened(at(11), at(30))) == 1
    assert count(at(10), at(31)) == len(opened(at(10), at(31))) == 3


@pytest.mark.parametrize(
    ("minutes", "outcome"), [(-0.1, "opened"), (0, "suppressed"), (29.9, "suppressed"), (30, "opened")]
)
def test_a_maintenance_begins_with_its_start_and_is_over_at_its_end(world: World, minutes: float, outcome: str) -> None:
    world.maintain(0, 30, "analytics")
    assert world.hear(probe_failed(minutes, "analytics")) == [outcome]
