-- Visitors by when they acted, each once in each group.
select
    {names}
    count(*) as visitors
from (
    select distinct
        {keys}
        events.visitor_id
    from {events}
    where events.site_id = :site and timestamp >= :start and timestamp < :end {conditions}
) as visitors
{group}
