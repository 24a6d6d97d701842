-- Visits by when they started and by the pages that they saw. A visit may go on after the period in which it
-- started: its last pages are pages that it saw, too.
select
    {names}
    count(*) as visits,
    sum(extract(epoch from ended_at - started_at) * 1000000)::bigint as microseconds
from (
    select distinct
        {keys}
        visits.visitor_id,
        started_at,
        ended_at
    from visits
    join events using (site_id, visitor_id)
    where site_id = :site and started_at >= :start and started_at < :end
        and timestamp between started_at and ended_at
        and timestamp >= :start
        and timestamp <= (
            select max(ended_at) from visits
            where site_id = :site and started_at >= :start and started_at < :end
        )
        {pages}
) as visits
{group}
