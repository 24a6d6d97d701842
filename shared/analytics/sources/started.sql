-- Visits by when they started and by what they started with.
select
    {keys}
    count(*) as visits,
    count(*) filter (where events = 1) as bounces,
    sum(pageviews)::bigint as pageviews,
    sum(extract(epoch from ended_at - started_at) * 1000000)::bigint as microseconds
from visits
where site_id = :site and started_at >= :start and started_at < :end {conditions}
{group}
