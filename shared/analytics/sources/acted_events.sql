-- Events by when they happened.
select
    {keys}
    count(*) as events,
    count(*) filter (where name = 'pageview') as pageviews
from {events}
where events.site_id = :site and timestamp >= :start and timestamp < :end and name <> 'engagement' {conditions}
{group}
