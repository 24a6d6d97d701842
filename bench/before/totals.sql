with rolled_up as (-- Sums by the quarters of an hour in which events happened and visits started.
select

    sum(events)::bigint as events,
    sum(pageviews)::bigint as pageviews,
    sum(visits)::bigint as visits,
    sum(bounces)::bigint as bounces,
    sum(visit_microseconds)::bigint as microseconds
from traffic
where site_id = :site and traffic.bucket >= :start and traffic.bucket < :end

), acted as (-- Visitors by when they acted, each once in each group.
select

    count(*) as visitors
from (
    select distinct

        visitor_id
    from events
    where site_id = :site and timestamp >= :start and timestamp < :end
) as visitors

), answer as (select coalesce(acted.visitors, 0) as visitors, coalesce(rolled_up.visits, 0) as visits, coalesce(rolled_up.pageviews, 0) as pageviews, case when (1 * rolled_up.visits) > 0 then (100 * coalesce(rolled_up.pageviews, 0)) / (1 * rolled_up.visits) + case when 2 * ((100 * coalesce(rolled_up.pageviews, 0)) % (1 * rolled_up.visits)) > (1 * rolled_up.visits) or 2 * ((100 * coalesce(rolled_up.pageviews, 0)) % (1 * rolled_up.visits)) = (1 * rolled_up.visits) and (100 * coalesce(rolled_up.pageviews, 0)) / (1 * rolled_up.visits) % 2 = 1 then 1 else 0 end else 0 end as views_per_visit, case when (1 * rolled_up.visits) > 0 then (100 * coalesce(rolled_up.bounces, 0)) / (1 * rolled_up.visits) + case when 2 * ((100 * coalesce(rolled_up.bounces, 0)) % (1 * rolled_up.visits)) > (1 * rolled_up.visits) or 2 * ((100 * coalesce(rolled_up.bounces, 0)) % (1 * rolled_up.visits)) = (1 * rolled_up.visits) and (100 * coalesce(rolled_up.bounces, 0)) / (1 * rolled_up.visits) % 2 = 1 then 1 else 0 end else 0 end as bounce_rate, case when (1000000 * rolled_up.visits) > 0 then (1 * coalesce(rolled_up.microseconds, 0)) / (1000000 * rolled_up.visits) + case when 2 * ((1 * coalesce(rolled_up.microseconds, 0)) % (1000000 * rolled_up.visits)) > (1000000 * rolled_up.visits) or 2 * ((1 * coalesce(rolled_up.microseconds, 0)) % (1000000 * rolled_up.visits)) = (1000000 * rolled_up.visits) and (1 * coalesce(rolled_up.microseconds, 0)) / (1000000 * rolled_up.visits) % 2 = 1 then 1 else 0 end else 0 end as visit_duration from rolled_up cross join acted ) select visitors, visits, pageviews, views_per_visit, bounce_rate, visit_duration from answer order by visitors desc limit :limit offset :offset
