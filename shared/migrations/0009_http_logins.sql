-- Logins of the functions `collect` and `query`. Each may do less than `p09_api`, which served their routes until now and keeps its
-- rights: the release before goes on working.
do $$
begin
    if not exists (select from pg_roles where rolname = 'p09_collect') then
        create role p09_collect nologin nobypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'p09_query') then
        create role p09_query nologin nobypassrls;
    end if;
end
$$;

grant usage on schema public to p09_collect, p09_query;

alter role p09_collect set idle_in_transaction_session_timeout = '10s';
alter role p09_collect set statement_timeout = '5s';
alter role p09_collect set default_transaction_read_only = on;
alter role p09_query set idle_in_transaction_session_timeout = '10s';
alter role p09_query set statement_timeout = '20s';
alter role p09_query set work_mem = '64MB';  -- distinct visitors are counted by sorting
alter role p09_query set default_transaction_read_only = on;

-- Which site a key or a domain stands for, and nothing else of either.
grant select (id, organisation_id, name, domain, timezone, allowed_hostnames) on sites to p09_collect;
grant select (site_id, organisation_id, kind, prefix, sha256, revoked_at, expires_at) on keys to p09_collect;
-- It acts for no organisation: even of one that it names, it sees only the key presented and the site with the domain.
create policy collect_tracked_domain on sites as restrictive for select to p09_collect
    using (domain = (select nullif(current_setting('p09.domain', true), '')));
create policy collect_presented_key on keys as restrictive for select to p09_collect
    using (sha256 = (select decode(nullif(current_setting('p09.key_sha256', true), ''), 'hex')));

grant select on members, sites, keys, events, visits, traffic to p09_query;
