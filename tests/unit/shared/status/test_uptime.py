from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.status.model import Component, Day, Facts, Incident, Line, Maintenance
from shared.status.spans import seconds, union, without
from shared.status.uptime import DAYS, days_of, uptime

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FACTS = Facts(
    name="P09 Status", url="https://status.example.com", since=NOW - timedelta(days=400),
    components=(Component(id="api", title="API", description=""),),
)  # fmt: skip


def incident(
    start: datetime,
    end: datetime | None,
    impact: str = "critical",
    name: str = "INC",
    components: tuple[str, ...] = ("api",),
) -> Incident:
    return Incident(
        id=name, title="Down", impact=impact, state="resolved" if end else "investigating", opened_at=start,  # type: ignore[arg-type]  # impacts come as plain text
        resolved_at=end, components=components,
    )  # fmt: skip


def maintenance(start: datetime, end: datetime) -> Maintenance:
    return Maintenance(
        id="m",
        title="",
        reason="",
        start=start,
        end=end,
        components=("api",),
        planned_at=start - DAY,
        changed_at=start - DAY,
    )


def days(*incidents: Incident, now: datetime = NOW, facts: Facts = FACTS) -> dict[date, Day]:
    return {day.day: day for day in days_of("api", replace(facts, incidents=incidents), now)}


def test_there_are_ninety_days_and_the_last_one_is_not_over() -> None:
    found = days()
    assert len(found) == DAYS
    assert max(found) == NOW.date()
    assert found[NOW.date()].measured == 12 * 3600
    assert {day.measured for day in found.values()} == {12 * 3600, 24 * 3600}
    assert uptime(tuple(found.values())) == 1


def test_a_day_has_24_hours_where_clocks_are_turned_too() -> None:
    turned = datetime(2026, 10, 25, tzinfo=UTC)  # in Europe it has 25 hours
    assert days()[turned.date()].measured == 24 * 3600


def test_an_incident_over_midnight_is_split_between_its_days() -> None:
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    found = days(incident(midnight - 10 * MINUTE, midnight + 20 * MINUTE))
    assert found[date(2026, 11, 19)].major == 600
    assert found[date(2026, 11, 20)].major == 1200
    assert found[date(2026, 11, 20)].incidents == ("INC",)
    assert found[date(2026, 11, 21)].incidents == ()


def test_incidents_that_overlap_count_once_and_the_worse_one_counts() -> None:
    start = NOW - 3 * DAY
    found = days(
        incident(start, start + HOUR, "major", "a"), incident(start + HOUR / 2, start + 2 * HOUR, "critical", "b")
    )
    day = found[start.date()]
    assert (day.partial, day.major, day.status) == (1800, 5400, "major_outage")


def test_a_partial_outage_weighs_thirty_percent_and_degradation_nothing() -> None:
    start = NOW - 3 * DAY
    measured = sum(day.measured for day in days().values())
    partial = uptime(tuple(days(incident(start, start + HOUR, "major")).values()))
    degraded = days(incident(start, start + HOUR, "minor"))
    assert partial == pytest.approx(1 - 0.3 * 3600 / measured)
    assert uptime(tuple(degraded.values())) == 1
    assert degraded[start.date()].status == "degraded_performance"


def test_while_an_incident_is_only_watched_its_components_are_not_down() -> None:
    start = NOW - 3 * DAY
    watched = replace(
        incident(start, start + HOUR),
        lines=(Line(at=start + 20 * MINUTE, state="monitoring"), Line(at=start + HOUR, state="resolved")),
    )
    day = days(watched)[start.date()]
    assert (day.major, day.degraded) == (1200, 2400)


def test_an_incident_that_comes_back_is_down_again() -> None:
    start = NOW - 3 * DAY
    back = replace(
        incident(start, start + HOUR),
        lines=(Line(at=start + 20 * MINUTE, state="monitoring"), Line(at=start + 30 * MINUTE, state="investigating")),
    )
    assert days(back)[start.date()].major == 50 * 60


def test_an_open_incident_lasts_until_now() -> None:
    assert days(incident(NOW - 5 * MINUTE, None))[NOW.date()].major == 300


def test_planned_maintenance_is_neither_downtime_nor_measured() -> None:
    start = NOW - 3 * DAY
    facts = replace(FACTS, maintenances=(maintenance(start, start + HOUR),))
    day = days(incident(start - HOUR / 2, start + HOUR / 2), facts=facts)[start.date()]
    assert (day.major, day.maintenance, day.measured) == (1800, 3600, 23 * 3600)


def test_of_days_before_records_began_nothing_is_known() -> None:
    found = days(facts=replace(FACTS, since=NOW - timedelta(days=10)))
    assert found[(NOW - 20 * DAY).date()].status is None
    assert found[(NOW - 10 * DAY).date()].measured == 12 * 3600


@pytest.mark.parametrize(
    ("history", "shown"), [(0 * MINUTE, False), (8 * MINUTE, False), (6 * DAY, False), (8 * DAY, True)]
)
def test_without_enough_history_there_is_no_uptime(history: timedelta, shown: bool) -> None:  # noqa: FBT001 -- parametrized: pytest passes it by name
    found = days(incident(NOW - history / 3, None), facts=replace(FACTS, since=NOW - history))
    assert (uptime(tuple(found.values())) is not None) == shown


def test_each_component_is_down_for_as_long_as_it_was_concerned() -> None:
    start = NOW - 3 * DAY
    told = replace(
        incident(start, start + HOUR, components=("web",)),
        lines=(
            Line(at=start, state="investigating", components=("api", "web")),
            Line(at=start + 20 * MINUTE, state="investigating", components=("web",)),
            Line(at=start + 50 * MINUTE, state="monitoring", components=("web",)),
            Line(at=start + HOUR, state="resolved", components=("web",)),
        ),
    )
    found = {
        name: days_of(name, replace(FACTS, incidents=(told,)), NOW)[-4].major for name in ("api", "web", "console")
    }
    assert found == {"api": 20 * 60, "web": 50 * 60, "console": 0}


def test_an_incident_of_another_component_is_not_counted_one_of_no_component_is() -> None:
    start = NOW - 3 * DAY
    assert days(incident(start, start + HOUR, components=("web",)))[start.date()].major == 0
    assert days(incident(start, start + HOUR, components=()))[start.date()].major == 3600


moments = st.integers(-4 * 24 * 60, 60).map(lambda minutes: NOW + minutes * MINUTE)
spans = st.lists(st.tuples(moments, moments), max_size=8)


@given(spans, spans)
def test_what_is_taken_away_and_what_is_left_are_the_whole(
    one: list[tuple[datetime, datetime]], other: list[tuple[datetime, datetime]]
) -> None:
    first, second = union(one), union(other)
    both = union([*first, *second])
    assert seconds(without(first, second)) + seconds(second) == seconds(both)


@given(st.lists(st.tuples(moments, moments, st.sampled_from(["minor", "major", "critical"])), max_size=6), spans)
def test_the_parts_of_a_day_never_exceed_it(
    raw: list[tuple[datetime, datetime, str]], planned: list[tuple[datetime, datetime]]
) -> None:
    incidents = [incident(min(a, b), max(a, b), impact, str(n)) for n, (a, b, impact) in enumerate(raw)]
    works = tuple(maintenance(min(a, b), max(a, b)) for a, b in planned)
    for day in days(*incidents, facts=replace(FACTS, maintenances=works)).values():
        assert day.major + day.partial + day.degraded <= day.measured
        assert day.measured + day.maintenance <= 24 * 3600
