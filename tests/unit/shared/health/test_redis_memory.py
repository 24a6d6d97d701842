from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.health.redis_memory import Earlier, Thresholds, WrongInfo, assess, describe, forecast, read_info

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIB = 2**20
THRESHOLDS = Thresholds(below=0.7, maximum_fragmentation=1.5, fragmentation_matters_from=100 * MIB, maximum_evictions=0)
WELL = {
    "run_id": "abc", "used_memory": 300 * MIB, "maxmemory": 1000 * MIB, "total_system_memory": 4000 * MIB,
    "mem_fragmentation_ratio": "1.10", "mem_fragmentation_bytes": 30 * MIB, "evicted_keys": 0, "loading": 0,
    "aof_enabled": 1, "aof_last_write_status": "ok", "aof_last_bgrewrite_status": "ok", "rdb_last_bgsave_status": "ok",
    "connected_slaves": 0,
}  # fmt: skip


def info(**changed: object) -> list[bytes]:
    return ["\r\n".join(["# Section", *(f"{key}:{value}" for key, value in (WELL | changed).items())]).encode()]


def faults(earlier: list[Earlier] | None = None, **changed: Any) -> str:
    return "; ".join(assess(read_info(info(**changed)), THRESHOLDS, earlier or [], NOON).faults)


def before(days: int, share: float = 0.3, evicted: int = 0, server: str = "abc") -> Earlier:
    return Earlier(at=NOON - timedelta(days=days), share=share, evicted=evicted, server=server)


def test_a_valkey_with_room_and_persistence_has_no_fault() -> None:
    found = assess(read_info(info()), THRESHOLDS, [], NOON)
    assert (found.faults, found.unconfigured, found.restarted) == ((), "", False)
    assert describe(read_info(info()), found) == "300.0 MiB are used, 30.0% of maxmemory."


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"used_memory": 700 * MIB}, "not below 70%"),
        ({"mem_fragmentation_ratio": "1.6", "mem_fragmentation_bytes": 100 * MIB}, "fragmentation is 1.6 and wastes"),
        ({"evicted_keys": 3}, "3 keys were evicted"),
        ({"aof_last_write_status": "err"}, "the last write to the append-only file failed"),
        ({"aof_last_bgrewrite_status": "err"}, "the last rewrite of the append-only file failed"),
        ({"rdb_last_bgsave_status": "err"}, "the last snapshot failed"),
        ({"aof_enabled": 0}, "nothing keeps its data"),
        ({"loading": 1}, "still loading"),
    ],
)
def test_each_fault_is_named(changed: dict[str, Any], fault: str) -> None:
    assert fault in faults(**changed)


def test_a_boundary_is_not_below_and_a_byte_less_is() -> None:
    assert "not below" in faults(used_memory=700 * MIB)
    assert faults(used_memory=700 * MIB - 1) == ""


def test_a_small_server_may_be_fragmented() -> None:
    assert faults(mem_fragmentation_ratio="9.5", mem_fragmentation_bytes=8 * MIB) == ""


def test_a_replica_keeps_the_data_as_a_file_does() -> None:
    assert faults(aof_enabled=0, connected_slaves=1) == ""


def test_without_a_limit_it_is_unconfigured_and_judged_by_the_host() -> None:
    memory = read_info(info(maxmemory=0))
    found = assess(memory, THRESHOLDS, [], NOON)
    assert found.faults == ()
    assert "maxmemory is 0" in found.unconfigured
    assert "7.5% of the host's memory; maxmemory is 0" in describe(memory, found)
    assert "not below" in faults(maxmemory=0, used_memory=2800 * MIB)


def test_evictions_are_those_since_the_last_run_of_the_same_server() -> None:
    assert faults([before(1, evicted=5)], evicted_keys=5) == ""
    assert "2 keys" in faults([before(1, evicted=5)], evicted_keys=7)
    assert "7 keys" in faults([before(1, evicted=5, server="older")], evicted_keys=7)


def test_a_restart_is_said() -> None:
    memory = read_info(info())
    found = assess(memory, THRESHOLDS, [before(1, server="older")], NOON)
    assert found.restarted
    assert "was restarted" in describe(memory, found)


def test_growth_says_when_the_threshold_is_reached() -> None:
    found = assess(read_info(info()), THRESHOLDS, [before(1, 0.2), before(2, 0.1)], NOON)
    assert found.reached_at is not None
    assert abs(found.reached_at - (NOON + timedelta(days=4))) < timedelta(seconds=1)
    assert "reached on 2026-11-28" in describe(read_info(info()), found)


def test_nothing_is_foreseen_of_one_point_of_shrinking_or_of_what_lies_too_far() -> None:
    assert forecast([(NOON, 0.3)], 0.7) is None
    assert forecast([(NOON, 0.3), (NOON, 0.4)], 0.7) is None
    assert forecast([(NOON - timedelta(days=1), 0.4), (NOON, 0.3)], 0.7) is None
    assert forecast([(NOON - timedelta(days=1), 0.3), (NOON, 0.3001)], 0.7) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1)), min_size=1, max_size=30), st.floats(0.01, 0.99))
def test_a_forecast_is_never_of_the_past_nor_beyond_a_year(points: list[tuple[int, float]], threshold: float) -> None:
    moments = [(NOON - timedelta(days=days), share) for days, share in points]
    found = forecast(moments, threshold)
    last = max(at for at, _ in moments)
    assert found is None or last <= found <= last + timedelta(days=366)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"used_memory": "much"}, "used_memory is 'much'"),
        ({"used_memory": ""}, "INFO lacks used_memory"),
        ({"used_memory": -1}, "used_memory is -1"),
        ({"mem_fragmentation_ratio": "nan"}, "mem_fragmentation_ratio is nan"),
        ({"mem_fragmentation_ratio": "x"}, "is no number"),
        ({"maxmemory": 0, "total_system_memory": 0}, "neither a maxmemory"),
    ],
)
def test_a_wrong_answer_is_not_taken_for_numbers(changed: dict[str, object], why: str) -> None:
    with pytest.raises(WrongInfo, match=why):
        read_info(info(**changed))


def test_something_else_than_text_is_not_taken_for_numbers() -> None:
    with pytest.raises(WrongInfo, match="INFO answered None"):
        read_info([None])  # type: ignore[list-item]  # what a wrong server sends
