"""From the stream into PostgreSQL, against the fastest way to put the same rows there and do nothing else."""

import random
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
from shared.collection.rows import COLUMNS, MORE_COLUMNS, Arrival, copy_rows
from shared.collection.stream import append
from shared.storage.drain import drain

REPEATED_BATCHES: Final = 0.1
RESENT_AFTER: Final = 20  # batches
TARGET: Final = 0.20
WISH: Final = 0.30
COPIES: Final = 2  # before and again after the drain, since machines slow down and speed up
BOTS: Final = 0.05
_AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{1} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{1} Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.{1} Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36 Edg/{0}.0.0.0",
)
_BOT: Final = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
_PLACES: Final = (("GB-ENG", "London"), ("GB-SCT", "Edinburgh"), ("GB-WLS", "Cardiff"), ("GB-ENG", "Leeds"), ("", ""))
_CAMPAIGNS: Final = (("newsletter", "email", "autumn"), ("google", "cpc", "brand"), *[("", "", "")] * 6)


def measure(context: Context) -> Iterator[Outcome]:
    servers = context.servers
    servers.empty()
    site = servers.add_site()
    events = context.size.drained_events
    batches = list(_batches(site, events, datetime.now(UTC)))
    rows = b"".join(_whole_rows(batch) for batch in batches)
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
        what="drain: stream to PostgreSQL with all that is worked out",
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
    more = "".join(_more(view) for view in views).encode()
    return Entry(site_id=site.id, organisation=site.organisation, events=len(views), rows=rows, more=more)


def _more(view: PageView) -> str:
    """What else is told of a page view, the same for the same visitor, in the order of ``MORE_COLUMNS``."""
    chance = random.Random(view.visitor)  # noqa: S311 -- not a secret; must repeat
    agent = chance.choice(_AGENTS).format(chance.randint(120, 146), chance.randint(0, 6))
    told = {
        "user_agent": _BOT if chance.random() < BOTS else agent,
        "language": chance.choice(("en-GB", "en-US", "de-DE")),
        "screen": chance.choice(("Desktop", "Mobile", "Tablet")),
        "interactive": "t", "engaged": "\\N", "scroll": "\\N", "amount": "\\N",
        "title": f"Article {view.path}",
        **dict(zip(("region", "city"), chance.choice(_PLACES), strict=True)),
        **dict(zip(("utm_source", "utm_medium", "utm_campaign"), chance.choice(_CAMPAIGNS), strict=True)),
    }  # fmt: skip
    return "\t".join(told.get(name, "") for name in MORE_COLUMNS) + "\n"


def _whole_rows(batch: Entry) -> bytes:
    """Each row with what else is told of it, as one line."""
    lines = zip(batch.rows.splitlines(), batch.more.splitlines(), strict=True)
    return b"".join(row + b"\t" + more + b"\n" for row, more in lines)


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
    for name in MORE_COLUMNS:
        owner.run(f"alter table copied add column if not exists {name} text")
    begun = perf_counter()
    owner.run(f"copy copied ({', '.join((*COLUMNS, *MORE_COLUMNS))}) from stdin", stream=[rows])
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
        [[bots]] = connection.run("select count(*) from bot_events")
        [[in_bot_visits]] = connection.run("select coalesce(sum(events), 0) from bot_visits")
    if stored == in_visits == in_traffic == events - bots and bots == in_bot_visits > 0:
        return ""
    return (
        f"WRONG: {whole(stored)} stored, {whole(in_visits)} in visits, {whole(in_traffic)} in roll-ups; "
        f"{whole(bots)} of bots, {whole(in_bot_visits)} in their visits"
    )
