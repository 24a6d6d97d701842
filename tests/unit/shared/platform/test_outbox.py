import json
from datetime import UTC, datetime

import pytest

from shared.events.event import Event
from shared.events.runbook import TaskPassed
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.outbox import PARTITION, leave, waiting
from shared.platform.send_outbox import REFUSED, send_all
from tests.memory_table import MemoryTable


def event(number: int) -> TaskPassed:
    return TaskPassed(
        id=f"run-{number}-passed", at=f"2026-11-23T12:00:{number:02}Z", task="redis_memory", title="Redis",
        run=f"run-{number}", scheduled_for="2026-11-23T12:00:00Z", why="Fine.",
    )  # fmt: skip


class Bus:
    """Fails for the ids that it is told to fail for."""

    def __init__(self, **failures: Exception) -> None:
        self.failures = failures
        self.sent: list[str] = []

    def send(self, event: Event) -> None:
        number = str(event.detail["id"]).split("-")[1]
        if failure := self.failures.get(f"n{number}"):
            raise failure
        self.sent.append(event.detail["id"])


@pytest.fixture
def table() -> MemoryTable:
    table = MemoryTable()
    table.write([leave(event(number)) for number in range(4)])
    return table


def test_what_was_left_is_sent_oldest_first_and_removed(table: MemoryTable) -> None:
    bus = Bus()
    assert send_all(table, waiting(table), bus.send) == 4
    assert bus.sent == [f"run-{number}-passed" for number in range(4)]
    assert not table.items


def test_the_sweep_leaves_alone_what_is_on_its_way(table: MemoryTable) -> None:
    found = waiting(table, until=datetime(2026, 11, 23, 12, 0, 2, tzinfo=UTC))
    assert [str(item["sk"])[-12:] for item in found] == ["run-0-passed", "run-1-passed"]


def test_when_the_bus_is_down_the_rest_stays(table: MemoryTable) -> None:
    bus = Bus(n2=AwsUnavailable("down"))
    with pytest.raises(AwsUnavailable):
        send_all(table, waiting(table), bus.send)
    assert len(waiting(table)) == 2
    assert send_all(table, waiting(table), Bus().send) == 2


def test_one_that_is_refused_does_not_hold_up_what_follows_it(table: MemoryTable) -> None:
    bus = Bus(n1=AwsRefused("too large"))
    with pytest.raises(AwsRefused, match="too large"):
        send_all(table, waiting(table), bus.send)
    assert bus.sent == ["run-0-passed", "run-2-passed", "run-3-passed"]
    (left,) = waiting(table)
    assert json.loads(str(left["detail"]))["id"] == "run-1-passed"


@pytest.mark.parametrize(
    "poison",
    [
        {"detail_type": "TeaServed", "detail": "{}"},
        {"detail_type": "TaskPassed", "detail": '{"id": "1"}'},
        {"detail_type": "TaskPassed", "detail": "{"},
        {"detail_type": "TaskPassed", "detail": "7"},
        {},
    ],
)
def test_what_is_no_event_is_put_aside_with_the_reason(table: MemoryTable, poison: dict[str, str]) -> None:
    key = (PARTITION, "2026-11-23T12:00:00Z#a")
    table.items[key] = {"pk": key[0], "sk": key[1], **poison}
    assert send_all(table, waiting(table), Bus().send) == 4
    assert not waiting(table)
    (aside,) = table.query(REFUSED)
    assert aside["why"]


def test_sent_by_the_stream_and_the_sweep_at_once_it_is_sent_twice_under_one_id(table: MemoryTable) -> None:
    bus = Bus()
    items = waiting(table)

    def conflict() -> None:
        raise Overtaken("TransactionConflict")

    table.before_write = conflict
    send_all(table, items, bus.send)
    send_all(table, items, bus.send)
    assert sorted(bus.sent) == sorted(2 * [f"run-{number}-passed" for number in range(4)])
    assert not table.items
