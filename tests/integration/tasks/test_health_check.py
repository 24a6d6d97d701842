"""The 02:00 task and the minute's probe, against a service over real HTTP that breaks in every way."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from local.state import free_port
from shared.health.store import ProbeStore
from shared.platform.moments import stamp
from shared.runbook.load import FILE, parse
from shared.runbook.run import Verdict
from tests.integration.tasks.conftest import CANARY, TWO, FakeContext, World, never_green
from tests.integration.tasks.service import KEYS, PAGE, Reply, Service, problem, served

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def service() -> Iterator[Service]:
    with served() as found:
        yield found


@pytest.fixture
def function(world: World, service: Service, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Impatient, and told to sleep it does not."""
    world.put_secret(CANARY, KEYS)
    module = world.function("health_check", app_url=service.url, api_url=service.url)
    text = FILE.read_text().replace('timeout = "5s"', 'timeout = "1s"').replace('within = "60s"', 'within = "1s"')
    runbook = parse(text)
    monkeypatch.setattr(module, "the_runbook", lambda: runbook)
    monkeypatch.setattr(module, "sleep", lambda _seconds: None)
    module._keys.clear()
    return module


def test_a_service_that_is_well_passes_with_the_evidence_of_every_check(world: World, function: ModuleType) -> None:
    run = world.run(function, "health_check")
    assert run.finding is not None
    assert run.finding.verdict is Verdict.PASSED
    measured = dict(run.finding.measured)
    assert measured.pop("looks") == 2
    assert list(measured) == ["/health", "/health/db", "/health/redis", "console", "canary"]
    assert all(one["result"] == "passed" and one["milliseconds"] > 0 for one in measured.values())
    assert run.finding.thresholds == {"timeout_seconds": 1.0, "canary_within_seconds": 1.0, "looks": 2}
    assert [event.detail_type for event in world.sent] == ["TaskPassed"]
    assert KEYS["write_key"] not in repr(run)


Break = Callable[[Service], None]
BROKEN: dict[str, tuple[Break, str]] = {
    "dependency down": (lambda s: s.put("/health/db", problem(503, "connection refused")), "/health/db: answered 503"),
    "slow": (lambda s: s.put("/health/redis", Reply(hold=True)), "/health/redis: no complete answer within 1 s"),
    "wrong answer": (lambda s: s.put("/health", Reply(body=PAGE, kind="text/html")), "/health: answered 200 with"),
    "wrong number": (lambda s: s.put("/v1/query", Reply(body={"results": [{"metrics": [3]}]})), "canary: an event that"),
    "events are lost": (lambda s: s.put("/v1/query", Reply(body={"results": []})), "canary: an event that was accepted"),
    "flapping": (lambda s: s.put("/health/db", Reply(body={"status": "ok"}), problem(503, "again")), "503: again"),
    "flapping the other way": (lambda s: s.put("/health/db", problem(503, "once"), Reply(body={"status": "ok"})), "once"),
    "wrong keys": (lambda s: s.put("/v1/events", problem(401, "unknown key")), "canary: sending an event: answered 401"),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_a_service_that_is_not_well_fails_and_says_where(
    world: World, function: ModuleType, service: Service, how: str
) -> None:
    break_it, why = BROKEN[how]
    break_it(service)
    assert why in never_green(world.run(function, "health_check"), Verdict.FAILED)
    assert [event.detail_type for event in world.sent] == ["TaskFailed"]


def test_a_service_that_is_not_there_fails(world: World, function: ModuleType) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    function = world.function("health_check", app_url=url, api_url=url)
    assert "was refused" in never_green(world.run(function, "health_check"), Verdict.FAILED)


def test_a_prober_that_reaches_nothing_says_that_it_may_be_itself(world: World, function: ModuleType) -> None:
    function = world.function("health_check", app_url="http://a.invalid", api_url="http://a.invalid")
    assert "Nothing at all was reached" in never_green(world.run(function, "health_check"), Verdict.FAILED)


@pytest.mark.parametrize("secret", ["{}", '{"username": "canary", "password": "x"}', "not json"])
def test_a_canary_without_keys_is_unconfigured_and_not_green(world: World, function: ModuleType, secret: str) -> None:
    world.put_secret(CANARY, secret)
    why = never_green(world.run(function, "health_check"), Verdict.UNCONFIGURED)
    assert why == "canary: the canary's secret holds no keys: deploying fills it in"
    assert [event.detail_type for event in world.sent] == ["TaskUnconfigured"]


def test_what_is_down_is_not_hidden_by_what_is_unconfigured(
    world: World, function: ModuleType, service: Service
) -> None:
    world.put_secret(CANARY, "{}")
    service.put("/health/db", problem(503, "down"))
    never_green(world.run(function, "health_check"), Verdict.FAILED)


def test_keys_that_can_not_be_read_leave_unknown_what_would_have_been_found(world: World, function: ModuleType) -> None:
    world.down.add("secretsmanager")
    assert "keys can't be read" in never_green(world.run(function, "health_check"), Verdict.FAILED)


def test_keys_that_were_replaced_are_read_anew(world: World, function: ModuleType, service: Service) -> None:
    world.put_secret(CANARY, KEYS | {"write_key": "p09w_old"})
    never_green(world.run(function, "health_check"), Verdict.FAILED)
    world.put_secret(CANARY, KEYS)
    run = world.run(function, "health_check", TWO + MINUTE)
    assert run.state == "passed"


def test_a_delivery_that_is_repeated_checks_nothing_again(world: World, function: ModuleType, service: Service) -> None:
    world.run(function, "health_check")
    asked = service.asked.copy()
    world.run(function, "health_check")
    assert service.asked == asked
    assert len(world.sent) == 1


def probe(world: World, function: ModuleType, at: datetime) -> dict[str, Any]:
    """The minute's probe; events are sent after it."""
    report: dict[str, Any] = function.handler({"task": "probes", "scheduled_time": stamp(at)}, FakeContext())
    world.send()
    return report


def told(world: World) -> list[tuple[str, str, list[str]]]:
    return [(event.detail_type, event.detail["subject"], event.detail["components"]) for event in world.sent]


def counted(world: World) -> list[str]:
    assert all(point["Value"] == 1.0 and point["Dimensions"] == [] for point in world.aws.published)
    return [point["MetricName"] for point in world.aws.published]


def test_a_probe_of_a_service_that_is_well_counts_once(world: World, function: ModuleType) -> None:
    assert probe(world, function, NOON) == {"result": "passed", "looks": 1, "told": [], "unwell": []}
    assert probe(world, function, NOON)["result"] == "none"
    probe(world, function, NOON + MINUTE)
    assert counted(world) == ["ProbesPassed"] * 2
    assert told(world) == []


def test_an_outage_is_one_failure_and_one_recovery_each_within_one_probe(
    world: World, function: ModuleType, service: Service
) -> None:
    well = dict(service.answers)
    service.put("/health/db", problem(503, "PostgreSQL is down"))
    service.put("/health/redis", problem(503, "Valkey is down"))
    service.put("/v1/events", problem(503, "Valkey is down"))
    for minute in range(3):
        probe(world, function, NOON + minute * MINUTE)
    assert told(world) == [("ProbeFailed", "service", ["collection", "analytics"])]
    assert "PostgreSQL is down" in world.sent[0].detail["why"]
    service.answers = well
    for minute in range(3, 6):
        probe(world, function, NOON + minute * MINUTE)
    assert told(world)[1:] == [("ProbeRecovered", "service", ["collection", "analytics"])]
    assert counted(world) == ["ProbesFailed"] * 3 + ["ProbesPassed"] * 3


def test_flapping_is_counted_and_is_no_incident_before_it_is_three_in_a_row(
    world: World, function: ModuleType, service: Service
) -> None:
    down, well = problem(503, "now and then"), Reply(body={"status": "ok"})
    service.put("/health/db", down, down, well, down, down, well, down, down, down)
    probe(world, function, NOON)
    probe(world, function, NOON + MINUTE)
    assert told(world) == []
    assert counted(world) == ["ProbesFailed"] * 2
    probe(world, function, NOON + 2 * MINUTE)
    assert told(world) == [("ProbeFailed", "service", ["analytics"])]


def test_a_probe_without_a_canary_is_a_skipped_one(world: World, function: ModuleType) -> None:
    world.put_secret(CANARY, "{}")
    assert probe(world, function, NOON)["result"] == "unconfigured"
    assert counted(world) == ["ProbesSkipped"]


def test_a_prober_without_a_way_out_is_its_own_incident(world: World, function: ModuleType, service: Service) -> None:
    dark = world.function("health_check", app_url="http://a.invalid", api_url="http://a.invalid")
    probe(world, dark, NOON)
    assert told(world) == [("ProbeFailed", "prober", [])]
    well = world.function("health_check", app_url=service.url, api_url=service.url)
    probe(world, well, NOON + MINUTE)
    assert told(world)[1:] == [("ProbeRecovered", "prober", [])]
    assert counted(world) == ["ProbesSkipped", "ProbesPassed"]


def test_a_probe_that_dies_leaves_the_next_one_free_to_count(
    world: World, function: ModuleType, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.put("/health/db", problem(503, "down"))

    def die(_seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(function, "sleep", die)
        with pytest.raises(KeyboardInterrupt):
            probe(world, function, NOON)
    assert ProbeStore(world.table).read().standings.components["analytics"].count == 1
    assert probe(world, function, NOON + MINUTE)["result"] == "none"
    later = datetime.now(UTC) + 2 * MINUTE
    monkeypatch.setattr(function, "_clock", lambda: later)
    assert probe(world, function, NOON + 3 * MINUTE)["looks"] == 2
    assert told(world) == [("ProbeFailed", "service", ["analytics"])]


def test_a_table_that_can_not_be_read_lets_the_schedule_try_again(world: World, function: ModuleType) -> None:
    world.down.add("DynamoDB_20120810")
    with pytest.raises(Exception, match="timed out"):
        probe(world, function, NOON)
    world.down.clear()
    assert probe(world, function, NOON)["result"] == "passed"
