-- Who did what: one chain of rows for each organisation, and one (all zeros) for P09's own operations. Nobody changes a row, its
-- owner neither; nobody writes one but through p09_audit, which gives it its place in the chain.
create table audit (
    organisation_id uuid not null,
    sequence bigint not null check (sequence > 0),
    id uuid not null,
    at timestamptz not null,
    actor text not null check (length(actor) between 1 and 200),
    action text not null check (length(action) between 1 and 100),
    subject text not null check (length(subject) between 1 and 300),
    before json,  -- json and not jsonb: it keeps the text that was hashed
    after json,
    reason text check (length(reason) between 1 and 2000),
    origin text not null check (length(origin) <= 200),
    request_id text not null check (length(request_id) <= 200),
    previous bytea not null check (length(previous) = 32),
    hash bytea not null check (length(hash) = 32),
    primary key (organisation_id, sequence),
    unique (organisation_id, id)
);
create index on audit (organisation_id, actor, sequence);
create index on audit (organisation_id, subject, sequence);
create index on audit (organisation_id, at);

-- The last row of each chain. Whoever appends locks it: sequences have no gaps, and one organisation does not wait for another.
create table audit_heads (
    organisation_id uuid primary key,
    sequence bigint not null,
    hash bytea not null
);

alter table audit enable row level security, force row level security;
alter table audit_heads enable row level security, force row level security;
create policy tenant on audit using (organisation_id = any ((select p09_organisations())::uuid[]));
create policy tenant on audit_heads using (organisation_id = any ((select p09_organisations())::uuid[]));
create policy backup_proof on audit for select to p09_backup using (true);
create policy backup_proof on audit_heads for select to p09_backup using (true);
create policy every_head on audit_heads for select to current_user using (true);

create function p09_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of % is refused: it is append-only', lower(tg_op), tg_table_name using errcode = '42501';
end
$$;
create trigger append_only before update or delete or truncate on audit
    for each statement execute function p09_refuse_change();
create trigger append_only before delete or truncate on audit_heads
    for each statement execute function p09_refuse_change();
-- Also for a session that says it is a replica.
alter table audit enable always trigger append_only;
alter table audit_heads enable always trigger append_only;

-- Each field with its length before it, so that no two rows have the same text: shared/access/audit.py reads it the same way.
create function p09_audit_text(fields text[]) returns text language sql immutable
return (
    select string_agg(coalesce(octet_length(field) || ':' || field, '~'), ',' order by place)
    from unnest(fields) with ordinality as one (field, place)
);

-- Appends to a chain within the transaction of the action itself; an id that is there already is not written again.
create function p09_audit(
    organisation uuid, entry uuid, actor text, action text, subject text, before text, after text, reason text, origin text,
    request_id text
) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    head audit_heads;
    found_at bigint;
    now_at timestamptz;
    digest bytea;
begin
    insert into audit_heads values (organisation, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
    select * into strict head from audit_heads where organisation_id = organisation for update;
    select sequence into found_at from audit where organisation_id = organisation and id = entry;
    if found then
        return found_at;
    end if;
    head.sequence := head.sequence + 1;
    now_at := clock_timestamp();
    digest := sha256(convert_to(p09_audit_text(array[
        organisation::text, head.sequence::text, entry::text,
        to_char(now_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        actor, action, subject, before, after, reason, origin, request_id, encode(head.hash, 'hex')
    ]), 'UTF8'));
    insert into audit values (
        organisation, head.sequence, entry, now_at, actor, action, subject, before::json, after::json, reason, origin,
        request_id, head.hash, digest
    );
    update audit_heads set sequence = head.sequence, hash = digest where organisation_id = organisation;
    return head.sequence;
end
$$;

-- The heads of all chains, for the hourly anchor: numbers and hashes, nothing of what is in the rows.
create function p09_audit_heads() returns setof audit_heads language sql stable security definer
    set search_path = public, pg_temp as 'select * from audit_heads order by organisation_id';

revoke all on function p09_audit, p09_audit_heads from public;
grant select on audit, audit_heads to p09_api;
grant execute on function p09_audit, p09_audit_heads to p09_api;
