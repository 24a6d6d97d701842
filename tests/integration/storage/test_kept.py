"""What was accepted is kept beside PostgreSQL, and the drain can be held."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.collection.entry import BadEntry, decode
from shared.collection.stream import KEPT
from shared.platform.postgres import Database
from shared.storage import drain as drain_module
from shared.storage.hold import DrainHeld, hold_drain, release_drain
from shared.storage.kept import from_object, kept_since, still_in_valkey, write_kept
from shared.storage.replay import Replayed, replay
from shared.storage.store import try_to_lock
from tests.integration.storage.test_drain import event
from tests.pipeline import Pipeline, Site

RESTORE = "restore-20261124T040000Z"


class Objects(dict[str, bytes]):
    def entries(self) -> Iterator[Any]:
        for key in sorted(self):
            yield from from_object(self[key])


def later(minutes: float = 2) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def count(pipeline: Pipeline) -> int:
    [[found]] = pipeline.rows("select count(*) from events")
    return int(str(found))


def forget_events(pipeline: Pipeline) -> None:
    """As a restore to a moment before they were accepted."""
    pipeline.rows("truncate events, event_ids, visits, traffic")


def test_what_was_stored_is_kept_and_drains_again_once(pipeline: Pipeline) -> None:
    pipeline.send(event(), event("bob"))
    pipeline.send(event("eve"))
    pipeline.drain()
    objects = Objects()
    assert write_kept(pipeline.valkey, objects.__setitem__, later()) == 2
    pipeline.send(event("zoe"))
    pipeline.drain()
    forget_events(pipeline)
    done = Replayed()
    replay(pipeline.worker, objects.entries(), done)
    replay(pipeline.worker, still_in_valkey(pipeline.valkey), done)
    assert (done.new, done.repeated, done.refused) == (4, 0, 0)
    replay(pipeline.worker, objects.entries(), done)
    assert (done.new, done.repeated, count(pipeline)) == (4, 3, 4)


def test_an_object_is_written_each_minute_and_not_for_each_drain(pipeline: Pipeline) -> None:
    objects = Objects()
    pipeline.send(event())
    pipeline.drain()
    assert write_kept(pipeline.valkey, objects.__setitem__, datetime.now(UTC)) == 0
    pipeline.send(event())
    pipeline.drain()
    assert write_kept(pipeline.valkey, objects.__setitem__, later()) == 2
    assert len(objects) == 1
    assert write_kept(pipeline.valkey, objects.__setitem__, later()) == 0


def test_a_crash_between_the_object_and_the_stream_loses_nothing_and_doubles_nothing(pipeline: Pipeline) -> None:
    objects = Objects()

    def crash(key: str, content: bytes) -> None:
        objects[key] = content
        raise KeyboardInterrupt

    pipeline.send(event(), event("bob"))
    pipeline.drain()
    with pytest.raises(KeyboardInterrupt):
        write_kept(pipeline.valkey, crash, later())
    write_kept(pipeline.valkey, objects.__setitem__, later(3))
    assert len(objects) == 2
    forget_events(pipeline)
    done = Replayed()
    replay(pipeline.worker, objects.entries(), done)
    assert (done.new, done.repeated) == (2, 2)


def test_an_object_that_can_hold_what_was_committed_after_a_moment_is_listed_after_its_name(pipeline: Pipeline) -> None:
    objects = Objects()
    pipeline.send(event())
    pipeline.drain()
    written = later()
    write_kept(pipeline.valkey, objects.__setitem__, written)
    (key,) = objects
    assert key > kept_since(written - timedelta(minutes=2))
    assert key > kept_since(written)
    assert key < kept_since(written + timedelta(minutes=6))


def test_events_of_a_site_that_is_not_there_are_counted_and_hold_up_no_other(pipeline: Pipeline) -> None:
    pipeline.send(event())
    pipeline.drain()
    gone = Site(id=pipeline.site.id + 1000, organisation=uuid4())
    entries = list(still_in_valkey(pipeline.valkey))
    pipeline.send(event("bob"), site=gone)
    done = Replayed()
    forget_events(pipeline)
    [[_, [[_, fields]]]] = pipeline.valkey.run("XREAD", "STREAMS", "{ingest}:events", "0")
    replay(pipeline.worker, [decode(fields), *entries], done)
    assert (done.new, done.refused) == (1, 1)
    assert "is not there any more" in done.why


def test_a_damaged_object_is_said_to_be_damaged() -> None:
    with pytest.raises(BadEntry, match="damaged"):
        list(from_object(b"\x1f\x8b no gzip"))


def test_a_held_drain_stores_nothing_and_what_waits_is_stored_afterwards(pipeline: Pipeline) -> None:
    pipeline.send(event())
    hold_drain(pipeline.valkey, RESTORE)
    with pytest.raises(DrainHeld, match=RESTORE):
        pipeline.drain()
    assert count(pipeline) == 0
    release_drain(pipeline.valkey, "restore-20261124T050000Z")
    with pytest.raises(DrainHeld):
        pipeline.drain()
    release_drain(pipeline.valkey, RESTORE)
    assert pipeline.drain().new == 1


def test_a_hold_that_comes_between_reading_and_storing_is_seen_under_the_lock(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.send(event())
    locks = try_to_lock

    def held_meanwhile(connection: Any) -> bool:
        locked = locks(connection)
        hold_drain(pipeline.valkey, RESTORE)
        return locked

    monkeypatch.setattr(drain_module, "try_to_lock", held_meanwhile)
    with pytest.raises(DrainHeld):
        pipeline.drain()
    assert (count(pipeline), pipeline.waiting()) == (0, 1)


def test_a_worker_that_froze_between_commit_and_acknowledgement_takes_nothing_off_the_stream(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database that it committed to was put aside meanwhile, and the promotion is over."""
    pipeline.send(event())
    commits = drain_module._commit

    def frozen(valkey: Any, database: Database, entries: Any) -> Any:
        stored = commits(valkey, database, entries)
        hold_drain(valkey, RESTORE)
        release_drain(valkey, RESTORE)
        return stored

    with monkeypatch.context() as patch:
        patch.setattr(drain_module, "_commit", frozen)
        with pytest.raises(DrainHeld, match="no longer the running one"):
            pipeline.drain()
    forget_events(pipeline)
    assert pipeline.valkey.run("XLEN", KEPT) == 0
    assert pipeline.drain().new == 1
    assert count(pipeline) == 1
