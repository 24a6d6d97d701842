"""Events into PostgreSQL: staged by COPY, deduplicated, visits and roll-ups changed by what was really new. One transaction.

Bots' events and visits are stored by the same statements in tables of their own. What a site excludes is counted, and only its id
is kept. Every visitor has an ordinal, and `unbuilt` names the days of each visitor that are not what the lake was built of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pg8000.native import Connection

from shared.collection.entry import Entry
from shared.collection.names import ENGAGEMENT, PAGEVIEW
from shared.collection.rows import COLUMNS
from shared.platform.postgres import act_for
from shared.storage.numbers import give_numbers
from shared.storage.stage import STAGED, stage

_EVENT_COLUMNS: Final = ", ".join(
    (*COLUMNS, "interactive", "engaged", "scroll", "amount", "currency", "title", "acquisition")
)
_VISIT_COLUMNS: Final = (
    "site_id, visitor_id, started_at, ended_at, first_event, last_event, events, pageviews, interactive, "
    "entry_at, entry_event, entry_page, hostname, referrer, source, country, acquisition, place, device, "
    "exit_at, exit_event, exit_page, exit_hostname"
)


class UnknownSite(Exception):
    """A site that events were accepted for is gone, or belongs to another organisation."""


@dataclass(frozen=True)
class Stored:
    """``new`` events were inserted, ``repeated`` ones were there already."""

    new: int
    repeated: int


def try_to_lock(connection: Connection) -> bool:
    """One worker writes at a time, until its transaction ends: visits of a visitor must not be merged by two."""
    return bool(connection.run("select pg_try_advisory_xact_lock(hashtext('p09_ingest'))")[0][0])


def store(connection: Connection, entries: Sequence[Entry]) -> Stored:
    """Store the events of some stream entries. Storing them again changes nothing.

    Raises
    ------
    UnknownSite
        an entry's site isn't there
    pg8000.exceptions.DatabaseError
        a row that PostgreSQL refuses, among other things
    BadEntry
        an entry's rows are damaged
    """
    batch = stage(entries)
    act_for(connection, {entry.organisation for entry in entries})
    _require_sites(connection, {entry.site_id for entry in entries})
    for statement in _TEMPORARY_TABLES:
        connection.run(statement)
    numbers = {name: give_numbers(connection, name, meanings) for name, meanings in batch.meanings.items()}
    connection.run(f"copy staging ({', '.join(STAGED)}) from stdin", stream=[batch.copy_rows(numbers)])
    repeated: int = connection.run(_DROP_STORED)[0][0]
    new: int = connection.run(_INSERT_IDS)[0][0]
    if new:
        if batch.excludes:
            connection.run(_COUNT_EXCLUDED)
        connection.run(_ENSURE_MONTHS)
        connection.run(_GIVE_ORDINALS)
        connection.run(_INSERT_EVENTS_AND_TAKE_VISITS)
        connection.run(_PUT_VISITS_AND_ROLL_UP)
    return Stored(new=new, repeated=repeated + batch.twins)


def _require_sites(connection: Connection, sites: set[int]) -> None:
    found = {site for (site,) in connection.run("select id from sites where id = any(:sites)", sites=list(sites))}
    if sites - found:
        raise UnknownSite(f"site {min(sites - found)} is not there any more")


# A session outlives migrations, and so do its temporary tables: they have the columns that this code names, and no others, and
# none is `not null`. A migration may add columns; it may not change a column's type (scripts/migration_rules.py). The last two are
# only types: of what a visit takes from its first pageview and from its last.
_TEMPORARY_TABLES: Final = (
    """
    create temporary table if not exists staging (
        site_id integer, id uuid, name text, timestamp timestamptz, visitor_id bigint, received_at timestamptz,
        hostname text, page text, referrer text, source text, country text, properties jsonb,
        acquisition integer, place integer, device integer, visit_source text, bot boolean,
        interactive boolean, engaged integer, scroll smallint, amount numeric, currency text, title text, excluded text
    ) on commit delete rows
    """,
    f"""
    create temporary table if not exists taken on commit delete rows as
    select false as bot, {_VISIT_COLUMNS} from visits with no data
    """,
    """
    create temporary table if not exists entries (
        bare boolean, at timestamptz, event uuid, page text, hostname text, referrer text, source text, country text,
        acquisition integer, place integer, device integer
    )
    """,
    "create temporary table if not exists exits (seen boolean, at timestamptz, event uuid, page text, hostname text)",
)

# Nobody else inserts while the lock is held, so that what is left after this can be inserted without `on conflict`, which
# would cost half as much again; the primary key still stands behind it. The planner knows nothing of a temporary table's
# size: subqueries are written so that only the primary keys of the large tables can be used.
_DROP_STORED: Final = """
with repeated as (
    delete from staging as s
    where (select true from event_ids as e where e.site_id = s.site_id and e.id = s.id)
    returning 1
)
select count(*) from repeated
"""

_INSERT_IDS: Final = """
with inserted as (
    insert into event_ids (site_id, id) select site_id, id from staging order by site_id, id returning 1
)
select count(*) from inserted
"""

_COUNT_EXCLUDED: Final = """
with excluded as (
    delete from staging where excluded <> '' returning site_id, date_bin('15 minutes', timestamp, 'epoch') as bucket, excluded
)
insert into exclusions as e (site_id, bucket, reason, events)
select site_id, bucket, excluded, count(*) from excluded group by site_id, bucket, excluded
on conflict (site_id, bucket, reason) do update set events = e.events + excluded.events
"""

_ENSURE_MONTHS: Final = """
select p09_ensure_event_months(
    array(select distinct date_trunc('month', timestamp at time zone 'UTC')::date from staging where not bot)
)
"""

_GIVE_ORDINALS: Final = """
with unknown as (
    select site_id, visitor_id, row_number() over (partition by site_id order by visitor_id) as place
    from (select distinct site_id, visitor_id from staging) as here
    where (
        select true from visitors as v where v.site_id = here.site_id and v.visitor_id = here.visitor_id
    ) is null
), given as (
    insert into numbers as n (site_id, kind, last)
    select site_id, 'visitors', count(*) from unknown group by site_id
    on conflict (site_id, kind) do update set last = n.last + excluded.last
    returning site_id, last
)
insert into visitors (site_id, visitor_id, ordinal)
select site_id, visitor_id, given.last + 1 - place from unknown join given using (site_id)
"""


def _taken_from(visits: str, bot: str) -> str:
    return f"""
    delete from {visits} as visits where ctid in (
        select near.ctid from touched, lateral (
            select v.ctid from {visits} as v
            where v.site_id = touched.site_id and v.visitor_id = touched.visitor_id
                and v.started_at - touched.until <= interval '0' and v.ended_at >= touched.since
            offset 0
        ) as near
        where touched.bot = {bot}
    )
    returning {", ".join(f"visits.{column}" for column in _VISIT_COLUMNS.split(", "))}"""


# A visitor's visits that may touch a new event are taken out here and put back, merged, by the next statement. Their start is
# compared in a way that no index serves: without statistics the planner would take the one by time, and read the whole site's.
_INSERT_EVENTS_AND_TAKE_VISITS: Final = f"""
with inserted as (
    insert into events ({_EVENT_COLUMNS}) select {_EVENT_COLUMNS} from staging where not bot
), inserted_of_bots as (
    insert into bot_events ({_EVENT_COLUMNS}) select {_EVENT_COLUMNS} from staging where bot
), touched as materialized (
    select
        bot, site_id, visitor_id,
        min(timestamp) - interval '30 minutes' as since,
        max(timestamp) + interval '30 minutes' as until
    from staging group by bot, site_id, visitor_id
), removed as ({_taken_from("visits", "false")}
), removed_of_bots as ({_taken_from("bot_visits", "true")}
)
insert into taken (bot, {_VISIT_COLUMNS})
select false, {_VISIT_COLUMNS} from removed
union all
select true, {_VISIT_COLUMNS} from removed_of_bots
"""


def _put_into(visits: str, condition: str) -> str:
    return f"""
    insert into {visits} ({_VISIT_COLUMNS})
    select
        site_id, visitor_id, started_at, ended_at, first_event, (last).event, events, pageviews, interactive,
        (entry).at, (entry).event, (entry).page, (entry).hostname, (entry).referrer, (entry).source, (entry).country,
        (entry).acquisition, (entry).place, (entry).device,
        (exit).at, (exit).event, (exit).page, (exit).hostname
    from merged where {condition}
    returning site_id, visitor_id, started_at, ended_at, events, interactive"""


# Each new event is a point in time, each visit taken out an interval with all that it sums up. One that begins within 30 minutes of
# the end of all before it belongs to the same visit. Ties are broken by the event's id, so that the order of arrival decides
# nothing. The days of a visit, before and after, are days of the visits that are put.
#
# Null in `interactive` says that the release before wrote the row: it began with its first event, ended with its last, was a visit
# also if `events` is 0 (a run of engagement alone is none), and a bounce where `events` is 1.
_PUT_VISITS_AND_ROLL_UP: Final = f"""
with points as (
    select
        bot, site_id, visitor_id, started_at as since, ended_at as until, first_event, last_event, events, pageviews,
        coalesce(interactive, events) as interactive,
        row(
            pageviews = 0, coalesce(entry_at, started_at), coalesce(entry_event, first_event), entry_page, hostname,
            referrer, source, country, acquisition, place, device
        )::entries as entry,
        row(
            pageviews > 0, coalesce(exit_at, ended_at), coalesce(exit_event, last_event), exit_page, exit_hostname
        )::exits as exit
    from taken
    union all
    select
        bot, site_id, visitor_id, timestamp, timestamp, id, id,
        (name <> '{ENGAGEMENT}')::integer, (name = '{PAGEVIEW}')::integer, (interactive and name <> '{ENGAGEMENT}')::integer,
        row(
            name <> '{PAGEVIEW}', timestamp, id, page, hostname,
            referrer, visit_source, country, acquisition, place, device
        )::entries,
        row(name = '{PAGEVIEW}', timestamp, id, page, hostname)::exits
    from staging
), marked as (
    select *, coalesce(
        since - max(until) over (
            partition by bot, site_id, visitor_id order by since, first_event
            rows between unbounded preceding and 1 preceding
        ) > interval '30 minutes',
        true
    ) as is_first
    from points
), numbered as (
    select *, count(*) filter (where is_first) over (
        partition by bot, site_id, visitor_id order by since, first_event rows unbounded preceding
    ) as visit
    from marked
), merged as materialized (
    select
        bot, site_id, visitor_id, min(since) as started_at, max(until) as ended_at,
        (array_agg(first_event) filter (where is_first))[1] as first_event,
        (max(array[row(true, until, last_event, '', '')::exits]))[1] as last,
        sum(events) as events, sum(pageviews) as pageviews, sum(interactive) as interactive,
        (min(array[entry]))[1] as entry,
        (max(array[exit]))[1] as exit
    from numbered group by bot, site_id, visitor_id, visit
), put as ({_put_into("visits", "not bot")}
), put_of_bots as ({_put_into("bot_visits", "bot")}
), changed as (
    insert into unbuilt (site_id, day, visitor_id, batch)
    select distinct site_id, first_day + number, visitor_id, (select nextval('unbuilt_batches'))
    from (
        select
            site_id, visitor_id, (started_at at time zone 'UTC')::date as first_day, (ended_at at time zone 'UTC')::date as last_day
        from (table put union all table put_of_bots) as put
    ) as days, lateral generate_series(0, last_day - first_day) as number
), changes as (
    select
        site_id, timestamp as at, (name <> '{ENGAGEMENT}')::integer as events, (name = '{PAGEVIEW}')::integer as pageviews,
        0 as visits, 0 as bounces, interval '0' as duration
    from staging where not bot
    union all
    select site_id, started_at, 0, 0, 1, (interactive < 2)::integer, ended_at - started_at from put where events > 0
    union all
    select site_id, started_at, 0, 0, -1, -(coalesce(interactive < 2, events = 1))::integer, started_at - ended_at
    from taken where not bot and (events > 0 or interactive is null)
)
insert into traffic as t (site_id, bucket, events, pageviews, visits, bounces, visit_microseconds)
select
    site_id, date_bin('15 minutes', at, 'epoch') as bucket,
    sum(events), sum(pageviews), sum(visits), sum(bounces),
    (extract(epoch from sum(duration)) * 1000000)::bigint
from changes group by site_id, bucket order by site_id, bucket
on conflict (site_id, bucket) do update set
    events = t.events + excluded.events,
    pageviews = t.pageviews + excluded.pageviews,
    visits = t.visits + excluded.visits,
    bounces = t.bounces + excluded.bounces,
    visit_microseconds = t.visit_microseconds + excluded.visit_microseconds
"""
