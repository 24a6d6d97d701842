"""Events into PostgreSQL: staged by COPY, deduplicated, visits and roll-ups changed by what was really new. One transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pg8000.native import Connection

from shared.collection.entry import Entry
from shared.collection.names import ENGAGEMENT, PAGEVIEW
from shared.collection.rows import COLUMNS
from shared.platform.postgres import act_for

_COLUMNS: Final = ", ".join(COLUMNS)
_VISIT_COLUMNS: Final = (
    "site_id, visitor_id, started_at, ended_at, first_event, last_event, entry_page, exit_page, referrer, source, country, "
    "events, pageviews"
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
    """
    act_for(connection, {entry.organisation for entry in entries})
    _require_sites(connection, {entry.site_id for entry in entries})
    for statement in _TEMPORARY_TABLES:
        connection.run(statement)
    connection.run(f"copy staging ({_COLUMNS}) from stdin", stream=[b"".join(entry.rows for entry in entries)])
    repeated = connection.run(_DROP_STORED)[0][0] + connection.run(_DROP_TWINS)[0][0]
    new: int = connection.run(_INSERT_IDS)[0][0]
    if new:
        connection.run(_ENSURE_MONTHS)
        connection.run(_INSERT_EVENTS_AND_TAKE_VISITS)
        connection.run(_PUT_VISITS_AND_ROLL_UP)
    return Stored(new=new, repeated=repeated)


def _require_sites(connection: Connection, sites: set[int]) -> None:
    found = {site for (site,) in connection.run("select id from sites where id = any(:sites)", sites=list(sites))}
    if sites - found:
        raise UnknownSite(f"site {min(sites - found)} is not there any more")


# A session outlives migrations, and so do its temporary tables: they have the columns that this code names, and no others, and
# none is `not null`. A migration may add columns; it may not change a column's type (scripts/migration_rules.py).
_TEMPORARY_TABLES: Final = (
    f"create temporary table if not exists staging on commit delete rows as select {_COLUMNS} from events with no data",
    f"create temporary table if not exists taken on commit delete rows as select {_VISIT_COLUMNS} from visits with no data",
)

# Nobody else inserts while the lock is held, so that what is left after these two can be inserted without `on conflict`, which
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

_DROP_TWINS: Final = """
with repeated as (
    delete from staging where ctid in (
        select ctid from (
            select ctid, row_number() over (partition by site_id, id order by received_at, timestamp) as number from staging
        ) as numbered
        where number > 1
    )
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

_ENSURE_MONTHS: Final = """
select p09_ensure_event_months(
    array(select distinct date_trunc('month', timestamp at time zone 'UTC')::date from staging)
)
"""

# A visitor's visits that may touch a new event are taken out here and put back, merged, by the next statement.
_INSERT_EVENTS_AND_TAKE_VISITS: Final = f"""
with inserted as (
    insert into events ({_COLUMNS}) select {_COLUMNS} from staging
), touched as (
    select
        site_id, visitor_id,
        min(timestamp) - interval '30 minutes' as since,
        max(timestamp) + interval '30 minutes' as until
    from staging group by site_id, visitor_id
), removed as (
    delete from visits where ctid in (
        select near.ctid from touched, lateral (
            select v.ctid from visits as v
            where v.site_id = touched.site_id and v.visitor_id = touched.visitor_id
                and v.started_at <= touched.until and v.ended_at >= touched.since
            offset 0
        ) as near
    )
    returning {", ".join(f"visits.{column}" for column in _VISIT_COLUMNS.split(", "))}
)
insert into taken ({_VISIT_COLUMNS}) select {_VISIT_COLUMNS} from removed
"""

# Points in time order: each new event is one, each visit taken out is two, its first event (with all that it counts, and where it
# ends) and its last. A point within 30 minutes of the end of all before it belongs to the same visit. Ties are broken by the
# event's id, so that the order of arrival decides nothing.
_PUT_VISITS_AND_ROLL_UP: Final = f"""
with points as (
    select
        site_id, visitor_id, started_at as at, first_event as id, entry_page as page, referrer, source, country,
        events, pageviews, ended_at as until
    from taken
    union all
    select site_id, visitor_id, ended_at, last_event, exit_page, '', '', '', 0, 0, ended_at
    from taken where last_event <> first_event
    union all
    select
        site_id, visitor_id, timestamp, id, page, referrer, source, country,
        (name <> '{ENGAGEMENT}')::integer, (name = '{PAGEVIEW}')::integer, timestamp
    from staging
), marked as (
    select *, coalesce(
        at - max(until) over (
            partition by site_id, visitor_id order by at, id rows between unbounded preceding and 1 preceding
        ) > interval '30 minutes',
        true
    ) as is_first
    from points
), numbered as (
    select
        *,
        count(*) filter (where is_first) over visitor as visit,
        coalesce(lead(is_first) over visitor, true) as is_last
    from marked
    window visitor as (partition by site_id, visitor_id order by at, id rows unbounded preceding)
), put as (
    insert into visits ({_VISIT_COLUMNS})
    select
        site_id, visitor_id, min(at), max(at),
        (array_agg(id) filter (where is_first))[1],
        (array_agg(id) filter (where is_last))[1],
        min(page) filter (where is_first),
        min(page) filter (where is_last),
        min(referrer) filter (where is_first),
        min(source) filter (where is_first),
        min(country) filter (where is_first),
        sum(events), sum(pageviews)
    from numbered group by site_id, visitor_id, visit
    returning site_id, started_at, ended_at, visits.events
), changes as (
    select
        site_id, timestamp as at, (name <> '{ENGAGEMENT}')::integer as events, (name = '{PAGEVIEW}')::integer as pageviews,
        0 as visits, 0 as bounces, interval '0' as duration
    from staging
    union all
    select site_id, started_at, 0, 0, 1, (events = 1)::integer, ended_at - started_at from put
    union all
    select site_id, started_at, 0, 0, -1, -(events = 1)::integer, started_at - ended_at from taken
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
