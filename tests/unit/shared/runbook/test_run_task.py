import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.platform.outbox import waiting
from shared.runbook.load import the_runbook
from shared.runbook.plan import planned
from shared.runbook.run import Finding, Occasion, Run, Verdict
from shared.runbook.run_task import MARGIN, StillRunning, occasion_of, run_task
from shared.runbook.store import RunStore
from tests.memory_table import MemoryTable

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVENT = {"task": "redis_memory", "scheduled_time": "2026-11-23T12:00:00Z"}
RUN = "redis_memory-20261123T120000Z"
MINUTE = timedelta(minutes=1)
PASSED = Finding(
    verdict=Verdict.PASSED, why="31% used.", measured={"used": 0.31}, thresholds={"below": 0.7},
    inputs={"info": "sha256:0"}, links={"console": "https://app.example.com"},
)  # fmt: skip


class Crash(BaseException):
    """The process ends."""


class Function:
    """A task's function as Lambda runs it, with a clock that moves when told."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        self.store = RunStore(self.table)
        self.now = NOON + timedelta(seconds=2)
        self.checked: list[datetime] = []
        self.finding: Finding | Exception | type[Crash] = PASSED
        self.meanwhile: list[Any] = []

    def run(self, event: dict[str, Any] | None = None) -> dict[str, Any]:
        return run_task(
            self.store, event or EVENT, self.check, remaining=MINUTE, clock=lambda: self.now, sleep=self.sleep
        )  # fmt: skip

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self.meanwhile:
            self.meanwhile.pop()()

    def check(self, now: datetime) -> Finding:
        self.checked.append(now)
        if not isinstance(self.finding, Finding):
            raise self.finding
        return self.finding

    def record(self) -> Run:
        found = self.store.get("redis_memory", RUN)
        assert found
        return found

    def told(self) -> list[str]:
        return [str(item["sk"]).partition("#")[2] for item in waiting(self.table)]


@pytest.fixture
def function() -> Function:
    return Function()


def crash() -> None:
    raise Crash


def test_a_run_leaves_its_evidence_and_tells_its_verdict(function: Function) -> None:
    assert function.run() == {"run": RUN, "outcome": "ran", "verdict": "passed", "attempt": 1}
    found = function.record()
    assert (found.finding, found.state, found.attempt, found.late) == (PASSED, "passed", 1, False)
    assert function.told() == [f"{RUN}-passed"]


def test_the_time_that_it_was_scheduled_for_is_the_checks_now(function: Function) -> None:
    function.run()
    assert function.checked == [NOON]


def test_delivered_again_it_changes_nothing(function: Function) -> None:
    function.run()
    before = function.record()
    function.finding = Finding(verdict=Verdict.FAILED, why="Never looked at.")
    assert function.run()["outcome"] == "repeated"
    assert (function.record(), len(function.checked), len(function.told())) == (before, 1, 1)


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.FAILED, Verdict.UNCONFIGURED])
def test_a_verdict_that_was_found_out_is_final(function: Function, verdict: Verdict) -> None:
    function.finding = Finding(verdict=verdict, why="So it is.")
    function.run()
    assert function.run()["outcome"] == "repeated"


def test_a_check_that_raises_is_a_failure_with_the_error_as_its_reason(function: Function) -> None:
    function.finding = ConnectionError("nobody listens")
    assert function.run()["verdict"] == "failed"
    found = function.record().finding
    assert found
    assert found.why == "The check itself failed: ConnectionError: nobody listens"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), NOON, {1, 2}])
def test_evidence_that_is_no_json_is_a_failure_and_not_silence(function: Function, value: object) -> None:
    function.finding = Finding(verdict=Verdict.PASSED, why="Fine.", measured={"used": value})
    assert function.run()["verdict"] == "failed"
    assert function.record().state == "failed"


def test_a_second_delivery_waits_for_the_first_as_long_as_it_can(function: Function) -> None:
    seen = []

    def while_it_runs(_now: datetime) -> Finding:
        first_now = function.now
        function.meanwhile.append(lambda: seen.append("waited"))
        with pytest.raises(StillRunning):  # it never ends here: the second one gives up before its own end
            function.run()
        function.now = first_now
        return PASSED

    run_task(function.store, EVENT, while_it_runs, remaining=MINUTE, clock=lambda: function.now, sleep=function.sleep)
    assert (seen, function.record().state) == (["waited"], "passed")


def test_a_second_delivery_reports_what_the_first_has_found_meanwhile(function: Function) -> None:
    run = Run(occasion=occasion_of(EVENT), attempt=1, started_at=function.now, deadline=function.now + MINUTE)
    function.store.begin(None, run)

    def finish() -> None:
        found = replace(run, finding=PASSED, finished_at=function.now)
        function.store.finish(run, found, planned(the_runbook(), "redis_memory"), function.now)

    function.meanwhile.append(finish)
    assert function.run()["outcome"] == "repeated"
    assert function.checked == []


def test_a_delivery_after_a_crash_waits_for_the_dead_attempts_deadline_and_takes_over(function: Function) -> None:
    function.finding = Crash
    with pytest.raises(Crash):
        function.run()
    function.finding = PASSED
    function.now += MINUTE  # as Lambda delivers again
    assert function.run()["attempt"] == 2


def test_an_attempt_that_crashed_is_made_up_for_after_its_deadline(function: Function) -> None:
    function.finding = Crash
    with pytest.raises(Crash):
        function.run()
    assert (function.record().state, function.told()) == ("running", [])
    function.finding = PASSED
    function.now += MINUTE + MARGIN
    assert function.run()["attempt"] == 2
    assert function.told() == [f"{RUN}-passed"]


def test_a_crash_before_the_record_leaves_nothing_behind(function: Function) -> None:
    function.table.before_write = crash
    with pytest.raises(Crash):
        function.run()
    assert function.run()["attempt"] == 1


def test_a_crash_after_the_verdict_was_written_does_not_lose_its_event(function: Function) -> None:
    def second_write() -> None:
        function.table.after_write = crash

    function.table.after_write = second_write
    with pytest.raises(Crash):
        function.run()
    assert function.run()["outcome"] == "repeated"
    assert function.told() == [f"{RUN}-passed"]


def test_of_two_that_begin_at_once_one_runs(function: Function) -> None:
    function.table.before_write = function.run
    assert function.run()["outcome"] == "repeated"
    assert (function.record().attempt, len(function.checked), len(function.told())) == (1, 1, 1)


def test_an_attempt_that_was_taken_over_can_no_longer_give_the_verdict(function: Function) -> None:
    """It hung until after its deadline, and comes back when the next one has judged."""

    def taken_over(_now: datetime) -> Finding:
        function.now += MINUTE + MARGIN
        function.run()
        return Finding(verdict=Verdict.FAILED, why="Too late.")

    late = run_task(
        function.store, EVENT, taken_over, remaining=MINUTE, clock=lambda: function.now, sleep=function.sleep
    )
    assert late["outcome"] == "repeated"
    assert (function.record().state, function.record().attempt) == ("passed", 2)
    assert function.told() == [f"{RUN}-passed"]


@pytest.mark.parametrize("verdict", [Verdict.MISSED, Verdict.TIMED_OUT])
def test_a_run_that_comes_late_makes_up_for_what_the_watcher_said(function: Function, verdict: Verdict) -> None:
    occasion = occasion_of(EVENT)
    accused = Run(occasion=occasion, finished_at=NOON, finding=Finding(verdict=verdict, why="Nothing came."))
    function.store.finish(None, accused, planned(the_runbook(), "redis_memory"), NOON)
    assert function.run()["outcome"] == "ran"
    assert (function.record().state, function.record().late) == ("passed", verdict is Verdict.MISSED)
    assert function.told() == [f"{RUN}-{verdict.value.replace(' ', '-')}", f"{RUN}-passed"]


def test_a_run_by_hand_is_a_record_of_its_own_with_who_and_why(function: Function) -> None:
    function.run()
    occasion = Occasion(task="redis_memory", scheduled_for=NOON, kind="manual", by="ada", reason="after the restart")
    requested = function.store.request(occasion)
    assert requested.state == "requested"
    item = next(item for item in waiting(function.table) if item["detail_type"] == "TaskRequested")
    report = function.run({"detail-type": "TaskRequested", "detail": json.loads(str(item["detail"]))})
    assert report["run"] == f"{RUN}-manual"
    found = function.store.get("redis_memory", f"{RUN}-manual")
    assert found
    assert (found.occasion, found.state) == (occasion, "passed")
    assert function.record().occasion.kind == "scheduled"


@pytest.mark.parametrize("verdict", [Verdict.MISSED, Verdict.FAILED])
def test_a_played_run_covers_up_nothing_that_was_recorded_by_itself(function: Function, verdict: Verdict) -> None:
    missed = Run(
        occasion=Occasion(task="redis_memory", scheduled_for=NOON), finished_at=NOON + MINUTE,
        finding=Finding(verdict=verdict, why="It left no record."),
    )  # fmt: skip
    function.store.begin(None, missed)
    assert function.run(EVENT | {"played": True})["outcome"] == "repeated"
    assert (function.record(), function.checked) == (missed, [])


def test_a_run_that_comes_by_itself_takes_the_place_of_a_played_one(function: Function) -> None:
    function.now += timedelta(hours=9)
    function.run(EVENT | {"played": True})
    assert (function.record().occasion.kind, function.checked) == ("played", [function.now])
    assert function.run()["outcome"] == "ran"
    assert (function.record().occasion.kind, function.checked[1:]) == ("scheduled", [NOON])
