-- What a visit is made of, in three dictionaries of each site; what an event tells besides its name and page; bots and exclusions
-- apart; what the lake has not been built of yet. Existing rows keep what they have: null in a new column of `visits` says that the
-- release before wrote the row, by its rules.

-- The last number that each site has given in each dictionary, and to its visitors: none is ever given twice.
create table numbers (
    site_id integer not null,
    kind text not null check (kind in ('acquisitions', 'places', 'devices', 'visitors')),
    last integer not null,
    primary key (site_id, kind)
);

-- `digest` is of all that follows it: what is the same has one number.
create table acquisitions (
    site_id integer not null,
    id integer not null,
    digest uuid not null,
    source text not null,
    channel text not null,
    referrer text not null,
    utm_source text not null,
    utm_medium text not null,
    utm_campaign text not null,
    utm_content text not null,
    utm_term text not null,
    click_id text not null,
    primary key (site_id, id),
    unique (site_id, digest)
);
create table places (
    site_id integer not null,
    id integer not null,
    digest uuid not null,
    country text not null,
    region text not null,
    city text not null,
    primary key (site_id, id),
    unique (site_id, digest)
);
create table devices (
    site_id integer not null,
    id integer not null,
    digest uuid not null,
    browser text not null,
    browser_version text not null,
    system text not null,
    system_version text not null,
    device text not null,
    screen text not null,
    language text not null,
    primary key (site_id, id),
    unique (site_id, digest)
);

-- A visitor's ordinal stands for them in sets: small numbers without gaps.
create table visitors (
    site_id integer not null,
    visitor_id bigint not null,
    ordinal integer not null,
    primary key (site_id, visitor_id)
);

-- None of the new columns is `not null`: temporary tables that earlier releases make like these tables leave them empty.
alter table events
    add column interactive boolean default true,
    add column engaged integer,
    add column scroll smallint,
    add column amount numeric,
    add column currency text default '',
    add column title text default '',
    add column acquisition integer;

-- `entry_*` is of the first pageview, `exit_*` of the last; without one, of the first and the last event. A run of engagement has
-- `events` 0: it is no visit, and becomes part of one when another event joins it.
alter table visits
    add column interactive integer,
    add column entry_at timestamptz,
    add column entry_event uuid,
    add column exit_at timestamptz,
    add column exit_event uuid,
    add column hostname text default '',
    add column exit_hostname text default '',
    add column acquisition integer,
    add column place integer,
    add column device integer;

-- Stored as events and visits are, and in no number unless it is asked for.
create table bot_events (like events including defaults);
create index on bot_events (site_id, timestamp);
create table bot_visits (like visits including defaults, primary key (site_id, visitor_id, started_at));
create index on bot_visits (site_id, started_at);

-- Events that a site does not want, by the quarter of an hour in which they happened.
create table exclusions (
    site_id integer not null,
    bucket timestamptz not null,
    reason text not null,
    events bigint not null,
    primary key (site_id, bucket, reason)
);

-- The visitors and UTC days of which something was stored or changed since the lake was built of them. `batch` counts the worker's
-- transactions: it is drawn under the worker's lock. In the key it stands before the visitor, so that a transaction's rows lie
-- together, and what a build has seen is taken away as one range.
create sequence unbuilt_batches;
create table unbuilt (
    site_id integer not null,
    day date not null,
    visitor_id bigint not null,
    batch bigint not null,
    primary key (site_id, day, batch, visitor_id)
);

alter table numbers enable row level security, force row level security;
alter table acquisitions enable row level security, force row level security;
alter table places enable row level security, force row level security;
alter table devices enable row level security, force row level security;
alter table visitors enable row level security, force row level security;
alter table bot_events enable row level security, force row level security;
alter table bot_visits enable row level security, force row level security;
alter table exclusions enable row level security, force row level security;
alter table unbuilt enable row level security, force row level security;

create policy tenant on numbers using (site_id in (select s.id from sites s));
create policy tenant on acquisitions using (site_id in (select s.id from sites s));
create policy tenant on places using (site_id in (select s.id from sites s));
create policy tenant on devices using (site_id in (select s.id from sites s));
create policy tenant on visitors using (site_id in (select s.id from sites s));
create policy tenant on bot_events using (site_id in (select s.id from sites s));
create policy tenant on bot_visits using (site_id in (select s.id from sites s));
create policy tenant on exclusions using (site_id in (select s.id from sites s));
create policy tenant on unbuilt using (site_id in (select s.id from sites s));

create policy backup_proof on numbers for select to p09_backup using (true);
create policy backup_proof on acquisitions for select to p09_backup using (true);
create policy backup_proof on places for select to p09_backup using (true);
create policy backup_proof on devices for select to p09_backup using (true);
create policy backup_proof on visitors for select to p09_backup using (true);
create policy backup_proof on bot_events for select to p09_backup using (true);
create policy backup_proof on bot_visits for select to p09_backup using (true);
create policy backup_proof on exclusions for select to p09_backup using (true);
create policy backup_proof on unbuilt for select to p09_backup using (true);

grant select on acquisitions, places, devices, visitors, bot_events, bot_visits, exclusions to p09_api, p09_query;
grant select, insert on acquisitions, places, devices, visitors, bot_events, unbuilt to p09_worker;
grant select, insert, delete on bot_visits to p09_worker;
grant select, insert, update on numbers, exclusions to p09_worker;
-- Ten thousand events are merged in memory.
alter role p09_worker set work_mem = '32MB';
grant usage on sequence unbuilt_batches to p09_worker;

select p09_open_to_people();
