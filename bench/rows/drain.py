"""From the stream into PostgreSQL, against the fastest way to put the same rows there and do nothing else."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Final
from uuid import uuid4

from pg8000.native import Connection

from bench.benched import LOGINS, QUERY, WORKER
from bench.context import Context
from bench.figures import times, whole
from bench.outcome import Outcome
from bench.servers import Servers, Site
from bench.shapes import BATCH
from bench.traffic import PageView, page_views
from local.postgres import connect as connect_as_owner
from shared.collection.client import Place
from shared.collection.entry import Entry
from shared.collection.event import Event
from shared.collection.rows import COLUMNS, Arrival, copy_rows
from shared.collection.stream import append
from shared.storage.drain import drain

REPEATED_BATCHES: Final = 0.1
RESENT_AFTER: Final = 20  # batches
TARGET: Final = 0.20
WISH: Final = 0.30
COPIES: Final = 2  # before and again after the drain, since machines slow down and speed up


def measure(context: Context) -> Iterator[Outcome]:
    servers = context.servers
    servers.empty()
    site = servers.add_site()
    events = context.size.drained_events
    batches = list(_batches(site, events, datetime.now(UTC)))
    rows = b"".join(batch.rows for batch in batches)
    sent = sum(batch.events for batch in batches)
    _fill_stream(servers, batches)
    with connect_as_owner(servers.configuration) as owner:
        copying = [_copy(owner, rows) for _ in range(COPIES)]
        draining = _drain(servers)
        copying += [_copy(owner, rows) for _ in range(COPIES)]
    problem = _check(servers, site, events)
    ratio = median(copying) / draining
    yield Outcome(
        row="drain",
        what="drain: stream to PostgreSQL with dedup, visits, roll-ups",
        target=f"≥ {TARGET:.2f} x plain COPY (wish: {WISH:.2f})",
        measured=f"{whole(sent / draining)} events/s",
        ratio=times(ratio),
        met=ratio >= TARGET and not problem,
        note=f"plain COPY {whole(sent / median(copying))} rows/s; {whole(sent - events)} of them repeated",
        problem=problem,
        figures={
            "events_per_second": sent / draining,
            "copy_rows_per_second": sent / median(copying),
            "ratio": ratio,
        },
    )


def _batches(site: Site, events: int, now: datetime) -> Iterator[Entry]:
    views = page_views(events, end=now, span=timedelta(days=1))
    entries = [_entry(site, batch, now) for batch in zip(*[views] * BATCH, strict=True)]
    every = round(1 / REPEATED_BATCHES)
    for number, entry in enumerate(entries):
        yield entry
        if number % every == 0:
            yield entries[max(0, number - RESENT_AFTER)]


def _entry(site: Site, views: Sequence[PageView], now: datetime) -> Entry:
    arrival = Arrival(site_id=site.id, received_at=now, visitor_id=0, place=Place("GB"))
    rows = copy_rows([_event(view) for view in views], arrival)
    return Entry(site_id=site.id, organisation=site.organisation, events=len(views), rows=rows)


def _event(view: PageView) -> Event:
    return {
        "id": str(uuid4()),
        "name": "pageview",
        "timestamp": view.at,
        "visitor_id": view.visitor,
        "url": view.url,
        "referrer": view.referrer,
        "properties": {"plan": view.plan},
    }


def _fill_stream(servers: Servers, batches: Sequence[Entry]) -> None:
    with servers.valkey() as valkey:
        for batch in batches:
            append(valkey, batch)


def _copy(owner: Connection, rows: bytes) -> float:
    """Seconds for one COPY into a table of the same columns, without an index."""
    owner.run("create table copied (like events)")
    begun = perf_counter()
    owner.run(f"copy copied ({', '.join(COLUMNS)}) from stdin", stream=[rows])
    seconds = perf_counter() - begun
    owner.run("drop table copied")
    return seconds


def _drain(servers: Servers) -> float:
    with servers.valkey() as valkey, servers.database(LOGINS[WORKER]) as database:
        begun = perf_counter()
        drain(valkey, database, lambda: True)
        return perf_counter() - begun


def _check(servers: Servers, site: Site, events: int) -> str:
    """A fast wrong answer is worth nothing: what is wrong, or nothing."""
    with servers.database(LOGINS[QUERY]) as database, database.transaction([site.organisation]) as connection:
        [[stored]] = connection.run("select count(*) from events")
        [[in_visits]] = connection.run("select coalesce(sum(events), 0) from visits")
        [[in_traffic]] = connection.run("select coalesce(sum(events), 0) from traffic")
    if stored == in_visits == in_traffic == events:
        return ""
    return f"WRONG: {whole(stored)} stored, {whole(in_visits)} in visits, {whole(in_traffic)} in roll-ups"
