-- Visits by when and on which page they started.
select
    {keys}
    count(*) as entries,
    count(*) filter (where events = 1) as bounces,
    sum(pageviews)::bigint as views,
    sum(extract(epoch from ended_at - started_at) * 1000000)::bigint as microseconds
from visits
where site_id = :site and started_at >= :start and started_at < :end {pages}
{group}
