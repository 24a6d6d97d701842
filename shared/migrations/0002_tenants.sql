create table organisations (
    id uuid primary key,
    name text not null check (length(name) between 1 and 100),
    created_at timestamptz not null default now()
);

create table members (
    organisation_id uuid not null references organisations,
    subject text not null,
    role text not null check (role in ('owner', 'editor', 'viewer')),
    created_at timestamptz not null default now(),
    primary key (organisation_id, subject)
);
create index on members (subject);

create table sites (
    id integer generated always as identity primary key,
    organisation_id uuid not null references organisations,
    name text not null check (length(name) between 1 and 100),
    domain text not null unique,
    timezone text not null default 'Etc/UTC',
    allowed_hostnames text[] not null default '{}',
    created_at timestamptz not null default now()
);
create index on sites (organisation_id);

create table keys (
    id uuid primary key,
    organisation_id uuid not null references organisations,
    site_id integer not null references sites,
    kind text not null check (kind in ('ingest', 'read')),
    prefix text not null,
    sha256 bytea not null unique,
    created_at timestamptz not null default now(),
    revoked_at timestamptz
);
create index on keys (site_id);

-- The organisations on whose behalf a transaction acts, set by `set_config('p09.organisations', …, true)`.
-- Not set, or set in an earlier transaction of the session (then it is ''), means none.
create function p09_organisations() returns uuid[] language sql stable parallel safe
return coalesce(string_to_array(nullif(current_setting('p09.organisations', true), ''), ',')::uuid[], '{}');

alter table organisations enable row level security, force row level security;
alter table members enable row level security, force row level security;
alter table sites enable row level security, force row level security;
alter table keys enable row level security, force row level security;

create policy tenant on organisations using (id = any ((select p09_organisations())::uuid[]));
create policy tenant on members using (organisation_id = any ((select p09_organisations())::uuid[]));
create policy tenant on sites using (organisation_id = any ((select p09_organisations())::uuid[]));
create policy tenant on keys using (organisation_id = any ((select p09_organisations())::uuid[]));

-- Before the organisation is known, a row shows itself to whoever names what only its owner knows.
create policy own_membership on members for select
    using (subject = (select nullif(current_setting('p09.subject', true), '')));
create policy presented_key on keys for select
    using (sha256 = (select decode(nullif(current_setting('p09.key_sha256', true), ''), 'hex')));
create policy tracked_domain on sites for select
    using (domain = (select nullif(current_setting('p09.domain', true), '')));

grant select, insert on organisations, members, sites to p09_api;
grant select, insert, update (revoked_at) on keys to p09_api;
grant select on sites to p09_worker;
