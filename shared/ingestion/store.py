"""Events into PostgreSQL: staged by COPY, deduplicated, visits and roll-ups changed by what was really new. One transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pg8000.native import Connection

from shared.ingestion.entry import Entry
from shared.ingestion.event import ENGAGEMENT, PAGEVIEW
from shared.ingestion.rows import COLUMNS
from shared.platform.postgres import act_for

_COLUMNS: Final = ", ".join(COLUMNS)


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
    new, staged = connection.run(_INSERT_FRESH)[0]
    if new:
        connection.run(_ENSURE_MONTHS)
        connection.run(_INSERT_EVENTS_AND_TAKE_VISITS)
        connection.run(_PUT_VISITS_AND_ROLL_UP)
    return Stored(new=new, repeated=staged - new)


def _require_sites(connection: Connection, sites: set[int]) -> None:
    found = {site for (site,) in connection.run("select id from sites where id = any(:sites)", sites=list(sites))}
    if sites - found:
        raise UnknownSite(f"site {min(sites - found)} is not there any more")


_TEMPORARY_TABLES: Final = (
    "create temporary table if not exists staging (like events) on commit delete rows",
    "create temporary table if not exists fresh (like events) on commit delete rows",
    "create temporary table if not exists taken (like visits) on commit delete rows",
)

_INSERT_FRESH: Final = f"""
with identified as (
    insert into event_ids (site_id, id)
    select site_id, id from staging order by site_id, id
    on conflict do nothing
    returning site_id, id
), inserted as (
    insert into fresh ({_COLUMNS})
    select distinct on (site_id, id) {_COLUMNS}
    from staging join identified using (site_id, id)
    order by site_id, id, received_at, timestamp
    returning 1
)
select (select count(*) from inserted), (select count(*) from staging)
"""

_ENSURE_MONTHS: Final = """
select p09_ensure_event_months(
    array(select distinct date_trunc('month', timestamp at time zone 'UTC')::date from fresh)
)
"""

# A visitor's visits that may touch a new event are taken out here and put back, merged, by the next statement.
_INSERT_EVENTS_AND_TAKE_VISITS: Final = f"""
with inserted as (
    insert into events ({_COLUMNS}) select {_COLUMNS} from fresh
), touched as (
    select
        site_id, visitor_id,
        min(timestamp) - interval '30 minutes' as since,
        max(timestamp) + interval '30 minutes' as until
    from fresh group by site_id, visitor_id
), removed as (
    delete from visits using touched
    where visits.site_id = touched.site_id and visits.visitor_id = touched.visitor_id
        and visits.started_at <= touched.until and visits.ended_at >= touched.since
    returning visits.*
)
insert into taken select * from removed
"""

# Pieces are the visits taken out and the new events, each a visit of its own at first. In time order, a piece that starts
# within 30 minutes of the end of all before it belongs to the same visit. Ties are broken by the event's id, so that
# the order of arrival decides nothing.
_PUT_VISITS_AND_ROLL_UP: Final = f"""
with pieces as (
    select * from taken
    union all
    select
        site_id, visitor_id, timestamp, timestamp, id, id, page, page, referrer, source, country,
        (name <> '{ENGAGEMENT}')::integer, (name = '{PAGEVIEW}')::integer
    from fresh
), marked as (
    select *, started_at - max(ended_at) over (
        partition by site_id, visitor_id order by started_at, first_event
        rows between unbounded preceding and 1 preceding
    ) > interval '30 minutes' as starts
    from pieces
), numbered as (
    select *, count(*) filter (where starts) over (
        partition by site_id, visitor_id order by started_at, first_event rows unbounded preceding
    ) as visit
    from marked
), put as (
    insert into visits
    select
        site_id, visitor_id, min(started_at), max(ended_at),
        (array_agg(first_event order by started_at, first_event))[1],
        (array_agg(last_event order by ended_at desc, last_event desc))[1],
        (array_agg(entry_page order by started_at, first_event))[1],
        (array_agg(exit_page order by ended_at desc, last_event desc))[1],
        (array_agg(referrer order by started_at, first_event))[1],
        (array_agg(source order by started_at, first_event))[1],
        (array_agg(country order by started_at, first_event))[1],
        sum(events), sum(pageviews)
    from numbered group by site_id, visitor_id, visit
    returning site_id, started_at, ended_at, visits.events
), changes as (
    select
        site_id, timestamp as at, (name <> '{ENGAGEMENT}')::integer as events, (name = '{PAGEVIEW}')::integer as pageviews,
        0 as visits, 0 as bounces, interval '0' as duration
    from fresh
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
