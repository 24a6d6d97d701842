-- Temporary roles for people: made, closed and dropped by functions that the API may call, and by nobody else. The functions are the
-- owner's, who may create roles; they take no name but one of these, no rights but those of p09_reader and p09_writer, and no more
-- than eight hours.
do $$
begin
    if not exists (select from pg_roles where rolname = 'p09_reader') then
        create role p09_reader nologin nobypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'p09_writer') then
        create role p09_writer nologin nobypassrls;
    end if;
end
$$;

grant usage on schema public to p09_reader, p09_writer;

-- People work across organisations: their policies let them. Tables that later migrations bring are opened when a role is made.
create function p09_open_to_people() returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    one record;
begin
    for one in
        select c.oid, c.relname, c.relrowsecurity, c.relname ~ '^(audit|audit_heads|schema_migrations)$' as is_fixed
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    loop
        if not has_table_privilege('p09_reader', one.oid, 'select') then
            execute format('grant select on public.%I to p09_reader', one.relname);
        end if;
        if not one.is_fixed and not has_table_privilege('p09_writer', one.oid, 'insert, update, delete') then
            execute format('grant insert, update, delete on public.%I to p09_writer', one.relname);
        end if;
        if one.relrowsecurity and not exists (select from pg_policy where polrelid = one.oid and polname = 'people_read') then
            execute format('create policy people_read on public.%I for select to p09_reader using (true)', one.relname);
        end if;
        if one.relrowsecurity and not one.is_fixed
            and not exists (select from pg_policy where polrelid = one.oid and polname = 'people_write') then
            execute format('create policy people_write on public.%I to p09_writer using (true) with check (true)', one.relname);
        end if;
    end loop;
end
$$;

create function p09_check_temporary(role text) returns void language plpgsql immutable as $$
begin
    if role !~ '^p09_temp_[a-z0-9]{12}$' then
        raise exception '% is no temporary role', role using errcode = '42501';
    end if;
end
$$;

-- The password comes as its SCRAM verifier: no statement log ever sees it.
create function p09_make_temporary(role text, verifier text, until timestamptz, writes boolean)
    returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform p09_check_temporary(role);
    if until > now() + interval '8 hours' or until <= now() or verifier !~ '^SCRAM-SHA-256\$' then
        raise exception 'a temporary role lives for eight hours at most, with a SCRAM verifier' using errcode = '42501';
    end if;
    perform p09_open_to_people();
    execute format(
        'create role %I login inherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls connection limit 5 '
        'password %L valid until %L', role, verifier, until
    );
    -- With its rights, the owner may end its sessions and take over what it owns.
    execute format('grant %I to current_user with inherit true, set true', role);
    execute format('grant p09_reader to %I', role);
    if writes then
        execute format('grant p09_writer to %I', role);
    else
        execute format('alter role %I set default_transaction_read_only = on', role);
    end if;
    execute format('alter role %I set statement_timeout = ''10min''', role);
    execute format('alter role %I set idle_in_transaction_session_timeout = ''1min''', role);
end
$$;

-- First step of its end: no new session. It has to be committed before the next, or whoever is thrown out comes back.
create function p09_close_temporary(role text)
    returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform p09_check_temporary(role);
    if not exists (select from pg_roles where rolname = role) then
        return false;
    end if;
    execute format('alter role %I nologin', role);
    execute format('grant %I to current_user with inherit true, set true', role);
    return true;
end
$$;

-- Second step: no old session either. Answers how many are left after two seconds.
create function p09_terminate_temporary(role text)
    returns bigint language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    remaining bigint;
begin
    perform p09_check_temporary(role);
    perform pg_terminate_backend(pid) from pg_stat_activity where usename = role;
    for n in 1 .. 40 loop
        perform pg_stat_clear_snapshot();
        select count(*) into remaining from pg_stat_activity where usename = role;
        exit when remaining = 0;
        perform pg_sleep(0.05);
    end loop;
    return remaining;
end
$$;

-- Last step: what it owned stays, the owner's now; its rights and itself go.
create function p09_drop_temporary(role text)
    returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform p09_check_temporary(role);
    if exists (select from pg_roles where rolname = role) then
        execute format('reassign owned by %I to current_user', role);
        execute format('drop owned by %I', role);
        execute format('drop role %I', role);
    end if;
end
$$;

-- Every role that could log in or lend rights, for the daily comparison with the leases.
create function p09_roles() returns table (
    name text, can_login boolean, is_super boolean, may_create_roles boolean, bypasses_row_security boolean,
    valid_until timestamptz, groups text[], sessions bigint
) language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select r.rolname::text, r.rolcanlogin, r.rolsuper, r.rolcreaterole, r.rolbypassrls,
        case when isfinite(r.rolvaliduntil) then r.rolvaliduntil end,
        array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid
              order by 1),
        (select count(*) from pg_stat_activity a where a.usesysid = r.oid)
    from pg_roles r where r.rolname !~ '^pg_' order by 1
$$;

revoke all on function p09_open_to_people, p09_make_temporary, p09_close_temporary, p09_terminate_temporary,
    p09_drop_temporary, p09_roles from public;
grant execute on function p09_make_temporary, p09_close_temporary, p09_terminate_temporary, p09_drop_temporary, p09_roles
    to p09_api;
