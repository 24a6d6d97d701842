-- The first event of a month made its partition by `create table … partition of`, which locks `events` against every reader until
-- the drain commits. Attaching a table that is there already locks out other changes of the schema, and neither readers nor writers.
create or replace function p09_ensure_event_months(months date[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    month date;
    partition text;
begin
    foreach month in array months loop
        partition := 'events_' || to_char(month, 'YYYY_MM');
        if month >= '2020-01-01' and to_regclass(partition) is null then
            perform pg_advisory_xact_lock(hashtext('p09_ensure_event_months'));
            if to_regclass(partition) is null then
                execute format('create table %I (like events including all)', partition);
                execute format(
                    'alter table events attach partition %I for values from (%L) to (%L)',
                    partition, month || ' 00:00:00+00', (month + interval '1 month')::date || ' 00:00:00+00'
                );
            end if;
        end if;
    end loop;
end
$$;
