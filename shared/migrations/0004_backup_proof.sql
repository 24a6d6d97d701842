-- Who proves backups: compares every row of a restored database with its source, whosever it is. It changes none of them.
do $$
begin
    if not exists (select from pg_roles where rolname = 'p09_backup') then
        create role p09_backup nologin nobypassrls;
    end if;
end
$$;
alter role p09_backup set idle_in_transaction_session_timeout = '15min';
alter role p09_backup set statement_timeout = '15min';

-- Rows that a drill writes after the base backup: before the moment it restores to, and after it. The first proves that the
-- write-ahead log was replayed, the absence of the second that the replay ended where it was asked to.
create table backup_sentinels (
    id uuid primary key,
    mark text not null,
    side text not null check (side in ('before', 'after')),
    written_at timestamptz not null default clock_timestamp()
);
create index on backup_sentinels (written_at);

grant usage on schema public to p09_backup;
-- `maintain` is what LOCK TABLE asks for: for an instant nobody writes, so that a moment is one for all tables.
grant select, maintain on all tables in schema public to p09_backup;
alter default privileges in schema public grant select, maintain on tables to p09_backup;
grant insert, delete on backup_sentinels to p09_backup;

-- No tenant's: nobody else sees one.
alter table backup_sentinels enable row level security, force row level security;
create policy backup_proof on backup_sentinels to p09_backup using (true) with check (true);

create policy backup_proof on organisations for select to p09_backup using (true);
create policy backup_proof on members for select to p09_backup using (true);
create policy backup_proof on sites for select to p09_backup using (true);
create policy backup_proof on keys for select to p09_backup using (true);
create policy backup_proof on events for select to p09_backup using (true);
create policy backup_proof on event_ids for select to p09_backup using (true);
create policy backup_proof on visits for select to p09_backup using (true);
create policy backup_proof on traffic for select to p09_backup using (true);
