"""What the record of a drill says of its database once all is over."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.backups.drill import NotYet, id_of
from shared.backups.instances import Aside, Instance, InstanceState
from shared.backups.run_drill import Drills, World
from shared.backups.store import DrillStore, Step
from shared.platform.aws.secrets import Login
from tests.memory_table import MemoryTable

ID = "restore-20261124T040000Z"
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


class OneInstance:
    """``going`` is how often it is looked at before a destroyed one is gone."""

    def __init__(self, state: InstanceState, going: int = 0) -> None:
        self.instance = Instance(state=state)
        self.destroyed = False
        self._going = going

    def restorable_until(self) -> datetime | None:
        raise NotImplementedError

    def provision(self, drill: str, *, to: datetime, base_before: datetime) -> None:
        raise NotImplementedError

    def promote(self, drill: str) -> None:
        raise NotImplementedError

    def admit_owner(self, drill: str, login: Login) -> None:
        raise NotImplementedError

    def go_back(self, drill: str) -> None:
        raise NotImplementedError

    def aside(self, drill: str) -> Aside | None:
        raise NotImplementedError

    def remove_aside(self, drill: str) -> None:
        raise NotImplementedError

    def look(self, drill: str) -> Instance:
        assert drill == ID
        if self.destroyed and self._going == 0:
            return Instance(state="gone")
        self._going -= self.destroyed
        return self.instance

    def destroy(self, drill: str) -> None:
        assert drill == ID
        self.destroyed = True


def end(instances: OneInstance) -> list[Step]:
    """Destroys what is left, asked again as the workflow does, and returns the record's steps."""
    store = DrillStore(MemoryTable())
    drills = drills_of(store, instances)
    drills.begin(ID, {"kind": "restore", "started_by": "ada", "reason": "a table was dropped"})
    while True:
        try:
            drills.destroy(ID)
        except NotYet:
            continue
        return list(store.steps(ID))


def drills_of(store: DrillStore, instances: OneInstance) -> Drills:
    return Drills(
        World(
            store=store, instances=instances, source=_no_database, connect=_no_database, smoke_test=_no_database,
            admit=_no_database, reapply=_no_database, close=_no_database, promotion={}, clock=lambda: NOW,
        )
    )  # fmt: skip


def _no_database(*_: object) -> Any:
    raise NotImplementedError


def test_a_promoted_database_is_kept_and_no_step_says_that_it_was_destroyed() -> None:
    instances = OneInstance("promoted")
    assert end(instances) == []
    assert not instances.destroyed


@pytest.mark.parametrize("going", [0, 2])
def test_a_database_that_was_not_promoted_is_destroyed_until_it_is_gone(going: int) -> None:
    instances = OneInstance("available", going)
    [step] = end(instances)
    assert (step.name, step.result, step.finished_at) == ("destroy", {"instance": "gone"}, NOW.isoformat())
    assert instances.destroyed


def test_a_played_drill_is_marked_and_never_takes_the_place_of_the_scheduled_one() -> None:
    asked = {
        "kind": "drill",
        "started_by": "schedule",
        "reason": "scheduled drill",
        "scheduled_time": "2026-11-25T04:00:00Z",
    }
    played = asked | {"played": True}
    assert (id_of(asked), id_of(played)) == ("drill-20261125T040000Z", "drill-20261125T040000Z-played")
    assert id_of(asked | {"id": "restore-20261125T040000Z-3f9a"}) == "restore-20261125T040000Z-3f9a"
    store = DrillStore(MemoryTable())
    drills = drills_of(store, OneInstance("gone"))
    for one in (asked, played):
        drills.begin(id_of(one), one)
    found = [store.get(id_of(one)) for one in (asked, played)]
    assert [one.played for one in found if one] == [False, True]
