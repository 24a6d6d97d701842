-- Visitors by when they acted, each once in each group. Engagement makes no visitor count.
select
    {names}
    count(*) as visitors
from (
    select distinct
        {keys}
        events.visitor_id
    from {events}
    where events.site_id = :site and timestamp >= :start and timestamp < :end and name <> 'engagement' {conditions}
) as visitors
{group}
