-- Visits by when they started and by the events that they have. A visit may go on after the period in which it
-- started, so its last events count, too. Materialized, lest each event looks its visit up.
select
    {names}
    count(*) as visits,
    sum(extract(epoch from ended_at - started_at) * 1000000)::bigint as microseconds
from (
    with visits as materialized (
        select * from {visits}
        where site_id = :site and started_at >= :start and started_at < :end and (events > 0 or interactive is null)
    )
    select distinct
        {keys}
        visits.visitor_id,
        started_at,
        ended_at{kind}
    from visits
    join {just_events} on events.visitor_id = visits.visitor_id{same_kind}
    {dictionaries}
    where events.site_id = :site
        and name <> 'engagement'
        and timestamp between started_at and ended_at
        and timestamp >= :start
        and timestamp <= (select max(ended_at) from visits)
        {conditions}
) as visits
{group}
