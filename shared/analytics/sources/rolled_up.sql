-- Sums by the quarters of an hour in which events happened and visits started.
select
    {keys}
    sum(events)::bigint as events,
    sum(pageviews)::bigint as pageviews,
    sum(visits)::bigint as visits,
    sum(bounces)::bigint as bounces,
    sum(visit_microseconds)::bigint as microseconds
from traffic
where site_id = :site and traffic.bucket >= :start and traffic.bucket < :end
{group}
