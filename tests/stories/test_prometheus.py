"""An hour of chaos with a moved clock, judged by the evaluator and by a real Prometheus at once: the same verdicts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
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
from shared.kpi.counts import Counts
from shared.kpi.timeline import HOUR, Span
from shared.platform.valkey import Address, Valkey, open_connection
from shared.runbook.load import the_runbook
from shared.together.maintenances import maintenances_at
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
    counted = _evaluated(world, evaluator)
    ours, theirs = _ours(evaluator), _theirs(_scraped(world, counted, evaluator, counters), world, tmp_path)
    fired = set[str]()
    for number in range(world.slices):
        at = START + (number + 1) * SLICE
        assert theirs[at] == ours[at], f"{at:%H:%M} of {world.story}"
        fired |= ours[at]
    # Agreement in silence would prove nothing.
    assert fired >= {"P09AvailabilityBurnFast", "P09ErrorRateAboveTarget"}
    assert not ours[START + 6 * SLICE]


def _evaluated(world: World, evaluator: Evaluator) -> list[tuple[datetime, Counts]]:
    """Plays a world to the evaluator, each slice when it is over; what has been counted from when on."""
    for planned in world.maintenances:
        _plan(evaluator, planned)
    counted = Counted(evaluator.store.counted_days)
    found = [(START - HOUR, counted.total(START - HOUR))]
    for number in range(world.slices):
        for minute, counts in world.counted(number):
            evaluator.aws.put_slice(minute, **counts)
        at = START + (number + 1) * SLICE + world.delays[number]
        if number in world.crashed:
            evaluator.aws.operations.clear()
            evaluator.aws.crash_at = world.crashed[number]
            with suppress(Crash):
                evaluator.run(at)
            evaluator.aws.crash_at = None
            at += MINUTE
        evaluator.run(at)
        found.append((at, counted.total(at)))
    return found


def _scraped(
    world: World, counted: list[tuple[datetime, Counts]], evaluator: Evaluator, counters: Valkey
) -> Iterator[tuple[datetime, str]]:
    """What /metrics said, by the moment of the scrape."""
    calendar = CalendarStore(evaluator.table)
    for at in world.scrapes():
        counts = next(found for moment, found in reversed(counted) if moment <= at)
        yield at, exposed(counters, counts, is_maintenance=bool(maintenances_at(calendar, at))).decode()


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


def _theirs(scraped: Iterator[tuple[datetime, str]], world: World, folder: Path) -> Verdicts:
    """Which alerts' expressions hold before the next evaluation, by the moment that the evaluation judges."""
    prometheus = PastPrometheus(folder, the_runbook().prometheus.scrape_interval)
    prometheus.take(scraped)
    judged = [START + (number + 1) * SLICE + JUDGED for number in range(world.slices)]
    prometheus.record(judged[0] - SLICE, judged[-1])
    found = defaultdict[datetime, set[str]](set)
    with prometheus.served() as url:
        expressions = alerts(url)
        assert _names() <= set(expressions)
        for name in _names():
            for moment in holds(url, expressions[name], judged):
                found[moment - JUDGED].add(name)
    return found


def _names() -> set[str]:
    """The alerts that both raise."""
    return {
        NO_DATA,
        *(one.name for one in burn_alerts(the_runbook())),
        *(one.name for one in target_alerts(the_runbook())),
    }
