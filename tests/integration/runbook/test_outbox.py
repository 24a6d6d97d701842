from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.platform.outbox import leave
from shared.runbook.load import the_runbook
from shared.runbook.plan import planned
from shared.runbook.run import Occasion, Run, told
from tests.examples import examples
from tests.integration.aws import Crash
from tests.integration.runbook.conftest import System, found, recording

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVENTS = 3
CALLS = 2 * EVENTS  # each event is put on the bus and removed from the outbox


def verdicts(system: System) -> list[str]:
    """Ids of events that transactions have left."""
    task = planned(the_runbook(), "redis_memory")
    events = []
    for number in range(EVENTS):
        occasion = Occasion(task=task.id, scheduled_for=NOON + timedelta(days=number))
        events.append(told(Run(occasion=occasion, finding=found()), task, occasion.scheduled_for))
    system.table.write([leave(event) for event in events])
    return [event.detail["id"] for event in events]


def test_what_the_stream_brings_goes_to_the_bus_in_its_order(system: System) -> None:
    ids = verdicts(system)
    assert system.invoke("outbox", system.stream()) == {"sent": EVENTS}
    assert (system.sent(), system.left()) == (ids, [])


def test_what_the_stream_lost_is_swept_up(system: System) -> None:
    ids = verdicts(system)
    assert system.at("outbox", NOON) == {"sent": EVENTS}
    assert system.sent() == ids


@settings(max_examples=examples(5))
@given(call=st.integers(0, CALLS - 1), after=st.booleans())
def test_a_crash_at_any_call_loses_no_event_and_changes_no_id(call: int, *, after: bool) -> None:
    with recording() as system:
        ids = verdicts(system)
        batch = system.stream()
        system.aws.operations.clear()
        system.aws.crash_at, system.aws.after = call, after
        with pytest.raises(Crash):
            system.invoke("outbox", batch)
        system.aws.crash_at = None
        system.at("outbox", NOON)
        assert set(system.sent()) == set(ids)
        assert len(system.sent()) <= len(ids) + 1
        assert system.left() == []


def test_crashed_again_and_again_it_gets_there(system: System) -> None:
    ids = verdicts(system)
    for call in (1, 0, 2, 1, 3, 0):
        system.aws.operations.clear()
        system.aws.crash_at, system.aws.after = call, bool(call % 2)
        with suppress(Crash):
            system.at("outbox", NOON)
    system.aws.crash_at = None
    system.at("outbox", NOON)
    assert set(system.sent()) == set(ids)
    assert system.left() == []


def test_poison_is_put_aside_and_the_rest_is_sent(system: System) -> None:
    ids = verdicts(system)
    poison = {"pk": {"S": "outbox"}, "sk": {"S": "0"}, "detail_type": {"S": "TeaServed"}, "detail": {"S": "{}"}}
    system.aws.client("dynamodb").put_item(TableName="p09-test-operations", Item=poison)
    assert system.invoke("outbox", system.stream()) == {"sent": EVENTS}
    assert system.sent() == ids
    assert [item["detail_type"] for item in system.table.query("outbox-refused")] == ["TeaServed"]
