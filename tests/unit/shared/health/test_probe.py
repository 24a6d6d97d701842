from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from shared.events.event import Event
from shared.health.model import Outcome, Result
from shared.health.probe import Pace, Probed, probe, steadily
from shared.health.prober import Standings
from shared.health.store import Memory, ProbeStore
from shared.platform.aws.dynamodb import Overtaken
from tests.unit.shared.health.test_prober import DARK, DOWN, RULES, SKIPPED, WELL

PACE = Pace(again=timedelta(seconds=5), look=timedelta(seconds=80), remaining=timedelta(minutes=5))


@dataclass
class World:
    """A clock that moves when somebody sleeps, a store in memory, and what the looks find, one after the other."""

    looks: list[list[Outcome]] = field(default_factory=list)
    now: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)
    memory: Memory = field(default_factory=lambda: Memory(standings=Standings()))
    told: list[Event] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    look_takes: timedelta = timedelta(0)
    taken_over_at: int = -1

    def read(self) -> Memory:
        return self.memory

    def write(self, memory: Memory, _outcomes: Sequence[Outcome], events: Sequence[Event], _at: datetime) -> Memory:
        if memory.version == self.taken_over_at:
            raise Overtaken("somebody else wrote")
        assert memory.version == self.memory.version
        self.memory = replace(memory, version=memory.version + 1)
        self.told += events
        return self.memory

    def look(self, name: str) -> Sequence[Outcome]:
        self.named.append(name)
        self.now += self.look_takes
        return self.looks.pop(0)

    def probe(self, occasion: str = "12:00", pace: Pace = PACE) -> Probed:
        return probe(
            cast("ProbeStore", self), self.look, RULES, pace, occasion, clock=lambda: self.now, sleep=self.sleep
        )

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_a_service_that_is_well_is_looked_at_once() -> None:
    world = World([WELL])
    probed = world.probe()
    assert (probed.result, probed.looks, probed.told) == (Result.PASSED, 1, ())
    assert world.memory.busy_until is None


def test_a_failure_is_decided_in_the_same_probe() -> None:
    world = World([DOWN, DOWN, DOWN])
    begun = world.now
    probed = world.probe()
    assert (probed.result, probed.looks, len(probed.told)) == (Result.FAILED, 3, 1)
    assert world.now - begun == timedelta(seconds=10)
    assert len(set(world.named)) == 3


def test_a_recovery_is_decided_in_the_same_probe() -> None:
    world = World([DOWN, DOWN, DOWN])
    world.probe()
    world.looks = [WELL, WELL]
    probed = world.probe("12:01")
    assert (probed.result, probed.looks) == (Result.PASSED, 2)
    assert [event.detail_type for event in world.told] == ["ProbeFailed", "ProbeRecovered"]


def test_what_flaps_is_counted_as_it_was_found_at_its_time() -> None:
    world = World([DOWN, WELL])
    probed = world.probe()
    assert (probed.result, probed.looks, world.told) == (Result.FAILED, 2, [])


def test_a_service_known_to_be_down_is_looked_at_once_a_probe() -> None:
    world = World([DOWN, DOWN, DOWN])
    world.probe()
    world.looks = [DOWN]
    assert world.probe("12:01").looks == 1


def test_the_same_occasion_is_probed_once_however_often_it_is_delivered() -> None:
    world = World([WELL])
    assert world.probe().result is Result.PASSED
    assert world.probe().result is None
    assert len(world.named) == 1


def test_while_a_probe_is_under_way_another_does_not_count_beside_it() -> None:
    world = World([WELL])
    world.memory = replace(world.memory, ran="11:59", busy_until=world.now + timedelta(seconds=30))
    assert world.probe().result is None
    world.now += timedelta(seconds=31)
    assert world.probe().result is Result.PASSED


def test_a_probe_ends_before_its_function_does_and_the_next_goes_on_counting() -> None:
    world = World([DOWN] * 3, look_takes=timedelta(seconds=70))
    assert world.probe(pace=replace(PACE, remaining=timedelta(minutes=2))).looks == 1
    assert world.told == []
    world.probe("12:02")
    assert [event.detail_type for event in world.told] == ["ProbeFailed"]


def test_a_probe_that_another_took_for_dead_tells_nothing_more() -> None:
    world = World([DOWN, DOWN, DOWN], taken_over_at=2)
    probed = world.probe()
    assert (probed.looks, probed.told, world.told) == (1, (), [])


def test_a_prober_without_a_way_out_knows_nothing_of_the_service() -> None:
    world = World([DARK, DARK, DARK])
    probed = world.probe()
    assert probed.result is Result.UNKNOWN
    assert [event.detail["subject"] for event in world.told] == ["prober"]


def test_a_check_that_could_not_be_made_makes_the_probe_a_skipped_one() -> None:
    world = World([SKIPPED])
    assert world.probe().result is Result.UNKNOWN


def test_to_pass_takes_every_look_of_a_task() -> None:
    world = World([WELL, DOWN])
    steady = steadily(world.look, "run", 2, timedelta(seconds=5), world.sleep)
    assert (steady.looks, steady.outcomes) == (2, DOWN)
    world.looks = [DOWN, WELL]
    assert steadily(world.look, "run", 2, timedelta(seconds=5), world.sleep).outcomes == DOWN
    world.looks = [WELL, WELL]
    assert steadily(world.look, "run", 2, timedelta(seconds=5), world.sleep).outcomes == WELL
    with pytest.raises(ValueError, match="one look at least"):
        steadily(world.look, "run", 0, timedelta(seconds=5), world.sleep)
