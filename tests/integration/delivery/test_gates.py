"""The gates to production as both who decide by them see them: people over the API, and the promotion workflow."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from functions.promotion.settings import Settings
from functions.promotion.world import world
from shared.calendar.edit import Calendar
from shared.calendar.model import Plan
from shared.calendar.store import CalendarStore
from shared.changes.changes import Changes
from shared.changes.model import Plan as ChangePlan
from shared.changes.promotion import BY
from shared.changes.store import ChangeStore
from shared.changes.waits import WaitStore
from shared.incidents.act import act, report
from shared.incidents.by_people import Report, Saying, resolved
from shared.incidents.rules import Rules
from shared.incidents.store import IncidentStore
from shared.kpi.changes import Standings
from shared.kpi.store import Conclusion, KpiStore, State
from shared.platform.moments import stamp
from shared.runbook.load import the_runbook
from tests.memory_table import MemoryTable
from tests.operations_api import Caller, ServersDown

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
WITHIN = the_runbook().delivery.evaluated_within
Gates = dict[str, tuple[bool, str]]


class System:
    """The operations table, and what has happened."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        self.kpis, self.calendar = KpiStore(self.table), CalendarStore(self.table)
        self.incidents, self.changes = IncidentStore(self.table), ChangeStore(self.table)
        self._state = State()
        self.evaluated(timedelta(minutes=1))

    def evaluated(self, ago: timedelta, *, exhausted: bool = False) -> None:
        at = datetime.now(UTC).replace(microsecond=0) - ago
        kpis = [{"title": "Availability", "budget": {"exhausted": exhausted}}, {"title": "Incidents", "budget": None}]
        view: Any = {"evaluated_at": stamp(at), "kpis": kpis}
        conclusion = Conclusion(at=at, standings=Standings(), decisions=[], events=[], view=view)
        self._state = self.kpis.conclude(self._state, {}, at, conclusion)

    def plan(self, start: datetime, end: datetime, kind: Any = "freeze") -> None:
        components = ("analytics",) if kind == "maintenance" else ()
        plan = Plan(kind=kind, title="Holidays", reason="-", start=start, end=end, components=components)
        Calendar(self.calendar, ["analytics"], by="alan", now=start).plan(plan)

    def report(self, title: str, *, customer_impacting: bool) -> str:
        what = Report(title=title, severity="ticket", customer_impacting=customer_impacting, components=(), owner="")
        return report(self.incidents, what, self._saying()).id

    def resolve(self, incident: str) -> None:
        rules = Rules.of(the_runbook())
        act(self.incidents, rules, incident, NOW, lambda one: resolved(one, self._saying(), although_failing=True))

    def change(self, *, migrations_compatible: bool = True) -> str:
        plan = ChangePlan(
            title="Faster funnels", impact="-", commit="c" * 40, digest="a" * 64, committed_at=NOW - DAY,
            planned_for=NOW, migrations_compatible=migrations_compatible,
        )  # fmt: skip
        changes = Changes(self.changes, lambda _: pytest.fail("planning asks no gate"), by=BY, now=NOW, valid_for=DAY)
        return changes.plan(plan).id

    @staticmethod
    def _saying() -> Saying:
        return Saying(by="ada", at=NOW, note="seen", public=True)


Look = Callable[[System, str], Gates]


def over_the_api(system: System, change: str) -> Gates:
    services = ServersDown(
        changes=system.changes, calendar=system.calendar, kpis=system.kpis, incidents=system.incidents,
        promotion_waits=WaitStore(system.table),
    )  # fmt: skip
    with TestClient(create_app(services)) as client:
        shown = Caller(client).get(f"/v1/changes/{change}")
    return {gate["name"]: (gate["open"], gate["why"]) for gate in shown["gates"]}


def in_the_workflow(system: System, change: str) -> Gates:
    settings = Settings(
        stage="test", operations_table_name="", promotion_workflow_arn="", pipeline_secret_arn="", github_url="",
        look_again_seconds="1",
    )  # fmt: skip
    changes = world(settings, system.table).changes(datetime.now(UTC))
    gates = changes.gates(changes.look(change))
    return {gate.name: (gate.open, gate.why) for gate in gates}


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture(params=[over_the_api, in_the_workflow])
def closed(request: pytest.FixtureRequest, system: System) -> Callable[..., Gates]:
    """The gates that are closed to a change now."""
    look: Look = request.param

    def gates(**change: bool) -> Gates:
        found = look(system, system.change(**change))
        assert set(found) == {"smoke", "load_snapshot", "budget", "freeze", "incidents", "migrations"}
        proofs = [found.pop(name) for name in ("smoke", "load_snapshot")]
        assert [is_open for is_open, _ in proofs] == [False, False]  # it was only planned
        return {name: gate for name, gate in found.items() if not gate[0]}

    return gates


Closed = Callable[..., Gates]


def test_every_gate_is_open_while_nothing_is_wrong(closed: Closed) -> None:
    assert closed() == {}


def test_a_freeze_closes_its_gate_from_its_first_day_to_its_last(system: System, closed: Closed) -> None:
    system.plan(NOW - 20 * DAY, NOW + DAY)
    assert closed() == {"freeze": (False, "Holidays")}


@pytest.mark.parametrize(("start", "end", "kind"), [
    (NOW + DAY, NOW + 2 * DAY, "freeze"),
    (NOW - 2 * DAY, NOW - timedelta(seconds=1), "freeze"),
    (NOW - DAY, NOW + DAY, "maintenance"),
])  # fmt: skip
def test_a_freeze_of_another_time_and_a_maintenance_close_nothing(
    system: System, closed: Closed, start: datetime, end: datetime, kind: str
) -> None:
    system.plan(start, end, kind)
    assert closed() == {}


def test_an_incident_closes_its_gate_while_it_is_open_and_customers_feel_it(system: System, closed: Closed) -> None:
    system.report("A disk fills up", customer_impacting=False)
    assert closed() == {}
    outage = system.report("Sign-in fails", customer_impacting=True)
    assert closed() == {"incidents": (False, "Sign-in fails")}
    system.resolve(outage)
    assert closed() == {}


def test_a_budget_that_is_used_up_closes_its_gate(system: System, closed: Closed) -> None:
    system.evaluated(timedelta(), exhausted=True)
    assert set(closed()) == {"budget"}


def test_an_evaluation_that_is_too_old_closes_the_gate_of_budgets(system: System, closed: Closed) -> None:
    system.evaluated(WITHIN - timedelta(minutes=1))
    assert closed() == {}
    system.evaluated(WITHIN + timedelta(seconds=1))
    assert set(closed()) == {"budget"}


def test_no_evaluation_at_all_closes_the_gate_of_budgets(system: System, closed: Closed) -> None:
    system.table.items.pop(("kpi", "latest"))
    assert set(closed()) == {"budget"}


def test_migrations_that_the_release_before_cannot_bear_close_their_gate(closed: Closed) -> None:
    assert set(closed(migrations_compatible=False)) == {"migrations"}
