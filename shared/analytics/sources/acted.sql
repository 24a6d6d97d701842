-- Visitors by when they acted, each once in each group, and their events. Engagement makes no visitor count.
select
    {names}
    count(*) as visitors,
    sum(events)::bigint as events,
    sum(pageviews)::bigint as pageviews
from (
    select
        {keys}
        events.visitor_id,
        count(*) as events,
        count(*) filter (where name = 'pageview') as pageviews
    from {events}
    where events.site_id = :site and timestamp >= :start and timestamp < :end and name <> 'engagement' {conditions}
    group by {numbers} events.visitor_id
) as visitors
{group}
