-- Visitors by when they acted, each once in each group.
select
    {names}
    count(*) as visitors
from (
    select distinct
        {keys}
        visitor_id
    from events
    where site_id = :site and timestamp >= :start and timestamp < :end {pages}
) as visitors
{group}
