-- Visits by when they started and by what they started with. A run of engagement (`events` 0) is none, but for those that an earlier
-- release counted: it left `interactive` null, and took one event for a bounce.
select
    {keys}
    count(*) as visits,
    count(*) filter (where coalesce(interactive < 2, events = 1)) as bounces,
    sum(pageviews)::bigint as pageviews,
    sum(extract(epoch from ended_at - started_at) * 1000000)::bigint as microseconds
from {visits} {dictionaries}
where visits.site_id = :site and started_at >= :start and started_at < :end and (events > 0 or interactive is null) {conditions}
{group}
