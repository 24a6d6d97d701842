create table events (
    site_id integer not null,
    timestamp timestamptz not null,
    id uuid not null,
    name text not null,
    visitor_id bigint not null,
    received_at timestamptz not null,
    hostname text not null,
    page text not null,
    referrer text not null,
    source text not null,
    country text not null,
    properties jsonb
) partition by range (timestamp);
create index on events (site_id, timestamp);
create table events_before_2020 partition of events for values from (minvalue) to ('2020-01-01 00:00:00+00');

-- Months come into being when the first event of a month arrives; only this function may make them.
create function p09_ensure_event_months(months date[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    month date;
    partition text;
begin
    foreach month in array months loop
        partition := 'events_' || to_char(month, 'YYYY_MM');
        if month >= '2020-01-01' and to_regclass(partition) is null then
            perform pg_advisory_xact_lock(hashtext('p09_ensure_event_months'));
            execute format(
                'create table if not exists %I partition of events for values from (%L) to (%L)',
                partition, month || ' 00:00:00+00', (month + interval '1 month')::date || ' 00:00:00+00'
            );
        end if;
    end loop;
end
$$;
revoke execute on function p09_ensure_event_months from public;

-- The identity of an event is (site, id), whenever and with whatever timestamp it comes again. The unique index of a
-- partitioned table would have to contain the timestamp, so identity has a table of its own.
create table event_ids (
    site_id integer not null,
    id uuid not null,
    primary key (site_id, id)
);

-- A visit is a maximal run of a visitor's events without a gap of more than 30 minutes. Each row is a sum that merges
-- with its neighbours, so that events may arrive in any order.
create table visits (
    site_id integer not null,
    visitor_id bigint not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    first_event uuid not null,
    last_event uuid not null,
    entry_page text not null,
    exit_page text not null,
    referrer text not null,
    source text not null,
    country text not null,
    events integer not null,
    pageviews integer not null,
    primary key (site_id, visitor_id, started_at)
);
create index on visits (site_id, started_at);

-- Sums per quarter of an hour: every time zone's hours and days are made of whole quarters.
create table traffic (
    site_id integer not null,
    bucket timestamptz not null,
    events bigint not null,
    pageviews bigint not null,
    visits bigint not null,
    bounces bigint not null,
    visit_microseconds bigint not null,
    primary key (site_id, bucket)
);

alter table events enable row level security, force row level security;
alter table event_ids enable row level security, force row level security;
alter table visits enable row level security, force row level security;
alter table traffic enable row level security, force row level security;

-- Row-level security of `sites` applies inside: these are the sites of the transaction's organisations.
create policy tenant on events using (site_id in (select s.id from sites s));
create policy tenant on event_ids using (site_id in (select s.id from sites s));
create policy tenant on visits using (site_id in (select s.id from sites s));
create policy tenant on traffic using (site_id in (select s.id from sites s));

grant select on events, visits, traffic to p09_api;
grant select, insert on events, event_ids to p09_worker;
grant select, insert, delete on visits to p09_worker;
grant select, insert, update on traffic to p09_worker;
grant execute on function p09_ensure_event_months to p09_worker;
