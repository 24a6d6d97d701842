from dataclasses import replace

from shared.delivery.snapshot import Sample, summarise
from shared.delivery.snapshot_store import SnapshotStore
from tests.memory_table import MemoryTable

FIRST = summarise("http://a", "2026-11-24T10:00:00Z", 10, 20, [Sample(kind="event", seconds=0.01)])


def test_the_last_accepted_snapshot_is_the_one_to_compare_with() -> None:
    store = SnapshotStore(MemoryTable())
    assert store.last("http://a") is None
    later = replace(FIRST, at="2026-11-25T10:00:00Z")
    store.accept(later)
    store.accept(FIRST)
    assert store.last("http://a") == later


def test_a_stage_keeps_the_snapshots_of_other_addresses_apart() -> None:
    store = SnapshotStore(MemoryTable())
    store.accept(FIRST)
    store.accept(replace(FIRST, at="2026-11-25T10:00:00Z", address="http://b"))
    assert store.last("http://a") == FIRST


def test_a_snapshot_that_was_kept_where_it_was_made_is_not_held_against_itself() -> None:
    store = SnapshotStore(MemoryTable())
    later = replace(FIRST, at="2026-11-25T10:00:00Z")
    store.accept(FIRST)
    store.accept(later)
    assert store.last("http://a", before=later.at) == FIRST
