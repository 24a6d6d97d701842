"""An hour of chaos with a moved clock, judged by the evaluator and by a real Prometheus at once: the same verdicts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import redis

from functions.api.routes.metrics import exposed
from scripts.generate.alerts import burn_alerts, target_alerts
from shared.calendar.edit import Calendar
from shared.calendar.model import Plan
from shared.calendar.store import CalendarStore
from shared.kpi.counted import Counted
from shared.kpi.timeline import HOUR, Span
from shared.platform.valkey import Address, Valkey, open_connection
from shared.runbook.load import the_runbook
from tests.integration.aws import NAMESPACE, Crash, aws_in_memory
from tests.integration.kpi.conftest import Evaluator
from tests.servers import HOST, ValkeyServer
from tests.stories.past_prometheus import PastPrometheus, alerts, holds
from tests.stories.played_chaos import MINUTE, SLICE, START, World, play

NO_DATA: Final = "P09NoData"
MAINTAINED: Final = 5  # the seed of the hour with a planned maintenance
# By when a slice's evaluation has been done, and has been scraped.
JUDGED: Final = SLICE

Verdicts = Mapping[datetime, set[str]]


@pytest.fixture
def evaluator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Evaluator]:
    with aws_in_memory(monkeypatch, METRICS_NAMESPACE=NAMESPACE, PROMETHEUS_URL="") as aws:
        yield Evaluator(aws)


@pytest.fixture
def counters(valkey: redis.Redis, valkey_server: ValkeyServer) -> Iterator[Valkey]:
    address = Address(host=HOST, port=valkey_server.port)
    found = Valkey(lambda: open_connection(address, password=valkey_server.password, timeout=10))
    yield found
    found.close()


@pytest.mark.parametrize("seed", range(1, 6))
def test_prometheus_and_the_evaluator_say_the_same_at_each_evaluation_of_an_hour_of_chaos(
    seed: int, evaluator: Evaluator, counters: Valkey, tmp_path: Path
) -> None:
    world = play(seed, maintenance=seed == MAINTAINED)
    exposed_by_slice = _evaluated(world, evaluator, counters)
    ours, theirs = _ours(evaluator), _theirs(world, exposed_by_slice, tmp_path)
    fired = set[str]()
    for number in range(world.slices):
        at = START + (number + 1) * SLICE
        comparable = {name for name, windows in _windows().items() if not _planned(world, at, windows)}
        said = f"{at:%H:%M} of {world.story}"
        assert theirs[at] & comparable == ours[at] & comparable, said
        fired |= ours[at] & comparable
    # Agreement in silence would prove nothing.
    assert fired >= {"P09AvailabilityBurnFast", "P09ErrorRateAboveTarget"}
    assert not ours[START + 6 * SLICE]


def _evaluated(world: World, evaluator: Evaluator, counters: Valkey) -> list[tuple[datetime, str]]:
    """Plays a world to the evaluator, each slice when it is over; what /metrics says from when on."""
    for planned in world.maintenances:
        _plan(evaluator, planned)
    counted = Counted(evaluator.store.days)
    said = [(START - HOUR, exposed(counters, counted.total(START - HOUR)).decode())]
    for number in range(world.slices):
        if found := world.counted(number):
            evaluator.aws.put_slice(START + number * SLICE, **found)
        at = START + (number + 1) * SLICE + world.delays[number]
        if number in world.crashed:
            evaluator.aws.operations.clear()
            evaluator.aws.crash_at = world.crashed[number]
            with suppress(Crash):
                evaluator.run(at)
            evaluator.aws.crash_at = None
            at += MINUTE
        evaluator.run(at)
        said.append((at, exposed(counters, counted.total(at)).decode()))
    return said


def _plan(evaluator: Evaluator, span: Span) -> None:
    plan = Plan(
        kind="maintenance", title="Upgrade", reason="-", start=span.start, end=span.end, components=("analytics",)
    )
    Calendar(CalendarStore(evaluator.table), ["analytics"], by="grace", now=START - 2 * HOUR).plan(plan)


def _ours(evaluator: Evaluator) -> Verdicts:
    """What the evaluator published for alarms, by the moment that it judged."""
    names = {(one.objective.id, one.pair.name): one.name for one in burn_alerts(the_runbook())}
    targets = {one.objective.id: one.name for one in target_alerts(the_runbook())}
    found = defaultdict[datetime, set[str]](set)
    for point in evaluator.aws.published:
        dimensions = {one["Name"]: one["Value"] for one in point["Dimensions"]}
        kpi, pair = dimensions.get("Kpi", ""), dimensions.get("Pair", "")
        name = {
            "BurnAlert": names.get((kpi, pair)), "KpiMissed": targets.get(kpi), "KpiDataMissing": NO_DATA,
        }.get(point["MetricName"])  # fmt: skip
        if name and point["Value"] == 1.0:
            found[datetime.fromtimestamp(point["Timestamp"], START.tzinfo)].add(name)
    return found


def _theirs(world: World, said: list[tuple[datetime, str]], folder: Path) -> Verdicts:
    """Which alerts' expressions hold before the next evaluation, by the moment that the evaluation judges."""
    prometheus = PastPrometheus(folder, the_runbook().prometheus.scrape_interval)
    prometheus.take((at, _last(said, at)) for at in world.scrapes())
    judged = [START + (number + 1) * SLICE + JUDGED for number in range(world.slices)]
    prometheus.record(judged[0] - SLICE, judged[-1])
    found = defaultdict[datetime, set[str]](set)
    with prometheus.served() as url:
        expressions = alerts(url)
        assert set(_windows()) <= set(expressions)
        for name in _windows():
            for moment in holds(url, expressions[name], judged):
                found[moment - JUDGED].add(name)
    return found


def _last(said: list[tuple[datetime, str]], at: datetime) -> str:
    return next(text for moment, text in reversed(said) if moment <= at)


def _windows() -> Mapping[str, timedelta]:
    """The longest window of each alert that both raise."""
    runbook = the_runbook()
    burns: dict[str, timedelta] = {one.name: one.pair.long for one in burn_alerts(runbook)}
    return burns | {one.name: HOUR for one in target_alerts(runbook)} | {NO_DATA: runbook.alerts.no_data.after}


def _planned(world: World, at: datetime, window: timedelta) -> bool:
    """The evaluator leaves a planned maintenance out, and Prometheus does not know of it: such windows are not compared."""
    return any(span.start < at and at - window < span.end for span in world.maintenances)
