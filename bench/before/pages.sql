with acted as (-- Visitors by when they acted, each once in each group, and their events.
select
    page,
    count(*) as visitors,
    sum(events)::bigint as events,
    sum(pageviews)::bigint as pageviews
from (
    select
        page as page,
        visitor_id,
        count(*) filter (where name <> 'engagement') as events,
        count(*) filter (where name = 'pageview') as pageviews
    from events
    where site_id = :site and timestamp >= :start and timestamp < :end  and page <> ''
    group by 1,  visitor_id
) as visitors
group by 1
), answer as (select page, coalesce(acted.visitors, 0) as visitors, coalesce(acted.pageviews, 0) as pageviews from acted where acted.pageviews > 0 or acted.visitors > 0) select page, visitors, pageviews, (select count(*) from answer) from answer order by visitors desc, pageviews desc, page collate "C" asc limit :limit offset :offset
