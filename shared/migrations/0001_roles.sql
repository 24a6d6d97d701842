-- Two application roles. Neither owns a table nor may bypass row-level security; `migrate` gives them their passwords.
-- Roles belong to the cluster, not to the database: a restored or second database finds them there already.
do $$
begin
    if not exists (select from pg_roles where rolname = 'p09_api') then
        create role p09_api nologin nobypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'p09_worker') then
        create role p09_worker nologin nobypassrls;
    end if;
    execute format('grant temporary on database %I to p09_worker', current_database());
end
$$;

revoke create on schema public from public;
grant usage on schema public to p09_api, p09_worker;

-- A hung client must not hold locks: a Lambda environment may be frozen or killed in the middle of a transaction.
alter role p09_api set idle_in_transaction_session_timeout = '10s';
alter role p09_api set statement_timeout = '20s';
alter role p09_api set work_mem = '64MB';  -- distinct visitors are counted by sorting
alter role p09_worker set idle_in_transaction_session_timeout = '30s';
alter role p09_worker set statement_timeout = '60s';
