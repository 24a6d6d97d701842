from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.collection.entry import Entry
from shared.collection.event import Event
from shared.collection.rows import Arrival, copy_rows
from shared.collection.stream import AWAKE, DEAD_LETTERS, FAILURES, STREAM, append
from shared.platform.failures import PostgresUnavailable
from shared.platform.migrations import Migration, migrate, read_migrations
from shared.platform.valkey import Command, Valkey
from shared.storage import drain as drain_module
from shared.storage.drain import AnotherWorkerDrains
from shared.storage.store import Stored, store, try_to_lock
from tests.pipeline import RECEIVED, Pipeline, Site, add_site

START = datetime(2026, 2, 28, 23, 0, tzinfo=UTC)


def event(visitor: str = "ada", minutes: float = 0, name: str = "pageview", **fields: object) -> Event:
    made: Event = {
        "id": str(uuid4()),
        "name": name,
        "timestamp": START + timedelta(minutes=minutes),
        "visitor_id": visitor,
        "url": f"https://shop.example/{minutes:g}",
    }
    return made | fields  # type: ignore[return-value]  # a test may send anything


def test_an_event_becomes_a_row_a_visit_and_a_sum(pipeline: Pipeline) -> None:
    pipeline.send(event(properties={"plan": "pro\\", "text": 'tab\there "quoted"'}))
    drained = pipeline.drain()
    assert (drained.new, drained.repeated, drained.finished) == (1, 0, True)
    assert pipeline.rows("select name, hostname, page, properties ->> 'plan', properties ->> 'text' from events") == [
        ["pageview", "shop.example", "/0", "pro\\", 'tab\there "quoted"']
    ]
    assert pipeline.rows("select events, pageviews, visits, bounces from traffic") == [[1, 1, 1, 1]]
    assert pipeline.waiting() == 0


def test_the_same_event_counts_once_within_a_batch_across_batches_and_with_another_timestamp(
    pipeline: Pipeline,
) -> None:
    sent = event()
    pipeline.send(sent, sent)
    assert pipeline.drain().new == 1
    pipeline.send(sent, event("ada", 5))
    pipeline.send(sent | {"timestamp": START + timedelta(days=90)})
    drained = pipeline.drain()
    assert (drained.new, drained.repeated) == (1, 2)
    assert pipeline.rows("select count(*), sum(events) from visits") == [[1, 2]]


def test_ids_that_are_no_uuids_identify_events_too(pipeline: Pipeline) -> None:
    pipeline.send(event(id="order-1"), event(id="order-2"), event(id="order-1"))
    assert pipeline.drain().new == 2


def test_thirty_minutes_exactly_stay_one_visit_and_a_microsecond_more_makes_two(pipeline: Pipeline) -> None:
    pipeline.send(event("ada", 0), event("ada", 30))
    pipeline.send(event("bob", 0), event("bob", 0, timestamp=START + timedelta(minutes=30, microseconds=1)))
    pipeline.drain()
    assert pipeline.rows("select count(*) from visits group by visitor_id order by 1") == [[1], [2]]


def test_a_late_event_merges_the_two_visits_that_it_joins(pipeline: Pipeline) -> None:
    pipeline.send(event("ada", 0), event("ada", 50))
    pipeline.drain()
    assert pipeline.rows("select visits, bounces from traffic where visits > 0") == [[1, 1], [1, 1]]
    pipeline.send(event("ada", 25))
    pipeline.drain()
    assert pipeline.rows("select entry_page, exit_page, events from visits") == [["/0", "/50", 3]]
    assert pipeline.rows("select sum(visits), sum(bounces), sum(visit_microseconds) from traffic") == [
        [1, 0, 50 * 60 * 1_000_000]
    ]


def test_engagement_is_no_second_event_of_a_bounce(pipeline: Pipeline) -> None:
    pipeline.send(event("ada", 0), event("ada", 2, name="engagement"))
    pipeline.drain()
    assert pipeline.rows("select sum(events), sum(bounces), sum(visit_microseconds) from traffic") == [
        [1, 1, 120_000_000]
    ]


def test_a_crash_before_the_commit_stores_the_events_once(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline.send(event(), event("bob"))

    def crash(*_: object) -> Stored:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drain_module, "store", crash)
        with pytest.raises(KeyboardInterrupt):
            pipeline.drain()
    assert pipeline.rows("select count(*) from events") == [[0]]
    assert pipeline.drain().new == 2


def test_a_crash_between_commit_and_acknowledgement_counts_nothing_twice(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.send(event(), event("bob"))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drain_module, "_acknowledge", crash)
        with pytest.raises(KeyboardInterrupt):
            pipeline.drain()
    assert pipeline.waiting() == 1
    drained = pipeline.drain()
    assert (drained.new, drained.repeated) == (0, 2)
    assert pipeline.rows("select sum(events), sum(visits) from traffic") == [[2, 2]]
    assert pipeline.waiting() == 0


def test_poison_goes_to_the_dead_letters_after_five_attempts_and_takes_nothing_with_it(
    pipeline: Pipeline,
) -> None:
    for number in range(40):
        pipeline.send(event(f"v{number}"))
        if number % 10 == 3:
            pipeline.send_rows(b"not\ta\trow\n")
    pipeline.valkey.run("XADD", STREAM, "*", "what", "is this")
    first = pipeline.drain()
    assert (first.new, first.failed, first.dead) == (40, 5, 0)
    for _ in range(3):
        assert pipeline.drain().dead == 0
    assert pipeline.drain().dead == 5
    assert pipeline.waiting() == 0
    dead = pipeline.valkey.run("XRANGE", DEAD_LETTERS, "-", "+")
    assert len(dead) == 5
    assert all(b"error" in fields for _, fields in dead)
    assert pipeline.rows("select count(*) from events") == [[40]]


def test_events_for_a_site_of_another_organisation_are_refused(pipeline: Pipeline) -> None:
    other = add_site(pipeline.api, "other.example")
    pipeline.send(event(), site=Site(other.id, pipeline.site.organisation))
    pipeline.send(event())
    drained = pipeline.drain()
    assert (drained.new, drained.failed) == (1, 1)


def test_rows_that_smuggle_in_another_organisations_site_are_refused(pipeline: Pipeline) -> None:
    other = add_site(pipeline.api, "other.example")
    pipeline.send(event())
    smuggled = pipeline.valkey.run("XRANGE", STREAM, "-", "+")
    assert len(smuggled) == 1
    rows = copy_rows([event()], Arrival(site_id=other.id, received_at=START, visitor_id=1))
    pipeline.send_rows(rows)
    drained = pipeline.drain()
    assert (drained.new, drained.failed) == (1, 1)
    assert pipeline.rows(f"select count(*) from events where site_id = {other.id}") == [[0]]


def test_postgres_being_down_blames_no_entry_and_loses_nothing(pipeline: Pipeline) -> None:
    pipeline.send(event())
    with pipeline.migrated.server.connect_as_superuser() as superuser:
        superuser.run(f"alter database {pipeline.migrated.name} allow_connections false")
        with pytest.raises(PostgresUnavailable):
            pipeline.drain()
        superuser.run(f"alter database {pipeline.migrated.name} allow_connections true")
    assert pipeline.valkey.run("HLEN", FAILURES) == 0
    assert pipeline.drain().new == 1


def test_months_before_2020_and_far_ahead_of_their_partitions_are_stored(pipeline: Pipeline) -> None:
    pipeline.send(
        event(timestamp=datetime(1999, 12, 31, tzinfo=UTC)),
        event(timestamp=datetime(2020, 1, 1, tzinfo=UTC)),
        event(),
    )
    assert pipeline.drain().new == 3
    assert pipeline.rows("select count(distinct tableoid) from events") == [[3]]


def test_the_worker_is_woken_once_and_again_after_it_found_the_stream_empty(pipeline: Pipeline) -> None:
    entry = Entry(site_id=pipeline.site.id, organisation=pipeline.site.organisation, events=0, rows=b"")
    assert append(pipeline.valkey, entry) is True
    assert append(pipeline.valkey, entry) is False
    pipeline.drain()
    assert append(pipeline.valkey, entry) is True


@pytest.mark.parametrize("column", ["note text", "score integer not null default 0"])
def test_a_session_that_was_warm_before_a_migration_drains_on_and_so_does_a_new_one(
    pipeline: Pipeline, column: str
) -> None:
    """Its temporary tables are older than the new columns."""
    pipeline.send(event("ada", 0), event("bob", 0))
    assert pipeline.drain().new == 2
    add = "; ".join(
        f"alter table {table} add column {column}" for table in ("events", "event_ids", "visits", "traffic")
    )
    tables = ("event_ids", "events", "traffic", "visits")
    owner = pipeline.migrated.connect("p09_admin")
    migrate(owner, [*read_migrations(), Migration(len(read_migrations()) + 1, "adds", add, tables)])

    pipeline.send(event("ada", 5), event("dee", 0))
    assert pipeline.drain().new == 2
    pipeline.worker.close()
    pipeline.send(event("ada", 10))
    assert pipeline.drain().new == 1

    assert pipeline.rows("select events from visits order by 1") == [[1], [1], [3]]
    assert pipeline.rows("select sum(events), sum(visits) from traffic") == [[5, 3]]


class Meanwhile(Valkey):
    """Something happens right before or after the worker says that it is idle, once."""

    def __init__(
        self, valkey: Valkey, *, before: Callable[[], object] = bool, after: Callable[[], object] = bool
    ) -> None:
        self._valkey = valkey
        self._before = before
        self._after = after

    def run(self, *command: str | bytes | float) -> Any:
        if command != ("DEL", AWAKE):
            return self._valkey.run(*command)
        before, self._before = self._before, bool
        after, self._after = self._after, bool
        before()
        reply = self._valkey.run(*command)
        after()
        return reply

    def pipeline(self, commands: Sequence[Command], *, atomic: bool = False) -> list[Any]:
        return self._valkey.pipeline(commands, atomic=atomic)


def test_events_that_come_between_the_last_read_and_the_workers_rest_are_stored_without_a_wake_up(
    pipeline: Pipeline,
) -> None:
    """Whoever sends them finds the worker awake and wakes nobody: it has to look once more."""
    pipeline.send(event("ada"))
    valkey = Meanwhile(pipeline.valkey, before=lambda: pipeline.send(event("bob")))
    drained = drain_module.drain(valkey, pipeline.worker, lambda: True)
    assert (drained.new, drained.finished, pipeline.waiting()) == (2, True, 0)


def test_events_that_come_once_the_worker_rests_wake_the_next_and_lose_nothing(pipeline: Pipeline) -> None:
    woken: list[bool] = []
    rows = copy_rows([event("bob")], Arrival(site_id=pipeline.site.id, received_at=START, visitor_id=7))
    entry = Entry(site_id=pipeline.site.id, organisation=pipeline.site.organisation, events=1, rows=rows)
    valkey = Meanwhile(pipeline.valkey, after=lambda: woken.append(append(pipeline.valkey, entry)))
    drained = drain_module.drain(valkey, pipeline.worker, lambda: True)
    assert (drained.new, woken) == (1, [True])
    assert append(pipeline.valkey, entry) is True


def test_nobody_who_reads_waits_for_the_first_event_of_a_month_nor_does_it_for_them(pipeline: Pipeline) -> None:
    site, count = pipeline.site, "select count(*) from events"
    rows = copy_rows([event()], Arrival(site_id=site.id, received_at=RECEIVED, visitor_id=7))
    entry = Entry(site_id=site.id, organisation=site.organisation, events=1, rows=rows)
    before, during = pipeline.migrated.database("p09_query"), pipeline.migrated.database("p09_query")
    with before.transaction([site.organisation]) as reading, pipeline.worker.transaction() as writing:
        assert reading.run(count) == [[0]]
        assert try_to_lock(writing)
        # In place of a wait without end: who has to wait is refused.
        writing.run("set local lock_timeout = '1ms'")
        assert store(writing, [entry]).new == 1
        with during.transaction([site.organisation]) as also_reading:
            also_reading.run("set local lock_timeout = '1ms'")
            assert also_reading.run(count) == [[0]]
    with during.transaction([site.organisation]) as later:
        assert later.run(count) == [[1]]
    assert pipeline.rows("select relid::regclass::text from pg_partition_tree('events') where isleaf order by 1") == [
        ["events_2026_02"],
        ["events_before_2020"],
    ]


def test_two_workers_do_not_store_at_once(pipeline: Pipeline) -> None:
    """Both would find the visitor's visit as it was before, and there would be two."""
    pipeline.send(event("ada", 0))
    pipeline.drain()
    rows = copy_rows([event("ada", 5)], Arrival(site_id=pipeline.site.id, received_at=START, visitor_id=7))
    entry = Entry(site_id=pipeline.site.id, organisation=pipeline.site.organisation, events=1, rows=rows)
    pipeline.send(event("ada", 10))
    with pipeline.worker.transaction() as first:
        assert try_to_lock(first)
        store(first, [entry])
        with pytest.raises(AnotherWorkerDrains):
            drain_module.drain(pipeline.valkey, pipeline.migrated.database("p09_worker"), lambda: True)
    assert (pipeline.waiting(), pipeline.valkey.run("HLEN", FAILURES)) == (1, 0)

    assert pipeline.drain().new == 1
    assert pipeline.rows("select events from visits") == [[3]]
