with acted as (-- Visitors by when they acted, each once in each group, and their events.
select

    count(*) as visitors,
    sum(events)::bigint as events,
    sum(pageviews)::bigint as pageviews
from (
    select

        visitor_id,
        count(*) filter (where name <> 'engagement') as events,
        count(*) filter (where name = 'pageview') as pageviews
    from events
    where site_id = :site and timestamp >= :start and timestamp < :end  and page = any (cast(:clauses_0 as text[]))
    group by  visitor_id
) as visitors

), entered as (-- Visits by when and on which page they started.
select

    count(*) as entries,
    count(*) filter (where events = 1) as bounces,
    sum(pageviews)::bigint as views,
    sum(extract(epoch from ended_at - started_at) * 1000000)::bigint as microseconds
from visits
where site_id = :site and started_at >= :start and started_at < :end  and entry_page = any (cast(:clauses_0 as text[]))

), saw as (-- Visits by when they started and by the pages that they saw. A visit may go on after the period in which it
-- started, so its last pages are pages that it saw, too. Materialized, lest each event looks its visit up.
select

    count(*) as visits,
    sum(extract(epoch from ended_at - started_at) * 1000000)::bigint as microseconds
from (
    with visits_of_period as materialized (
        select visitor_id, started_at, ended_at from visits
        where site_id = :site and started_at >= :start and started_at < :end
    )
    select distinct

        visitor_id,
        started_at,
        ended_at
    from visits_of_period
    join events using (visitor_id)
    where site_id = :site
        and timestamp between started_at and ended_at
        and timestamp >= :start
        and timestamp <= (select max(ended_at) from visits_of_period)
         and page = any (cast(:clauses_0 as text[]))
) as visits

), answer as (select coalesce(acted.visitors, 0) as visitors, coalesce(saw.visits, 0) as visits, coalesce(acted.pageviews, 0) as pageviews, case when (1 * entered.entries) > 0 then (100 * coalesce(entered.bounces, 0)) / (1 * entered.entries) + case when 2 * ((100 * coalesce(entered.bounces, 0)) % (1 * entered.entries)) > (1 * entered.entries) or 2 * ((100 * coalesce(entered.bounces, 0)) % (1 * entered.entries)) = (1 * entered.entries) and (100 * coalesce(entered.bounces, 0)) / (1 * entered.entries) % 2 = 1 then 1 else 0 end else 0 end as bounce_rate, case when (1000000 * saw.visits) > 0 then (1 * coalesce(saw.microseconds, 0)) / (1000000 * saw.visits) + case when 2 * ((1 * coalesce(saw.microseconds, 0)) % (1000000 * saw.visits)) > (1000000 * saw.visits) or 2 * ((1 * coalesce(saw.microseconds, 0)) % (1000000 * saw.visits)) = (1000000 * saw.visits) and (1 * coalesce(saw.microseconds, 0)) / (1000000 * saw.visits) % 2 = 1 then 1 else 0 end else 0 end as visit_duration from acted cross join entered cross join saw ) select visitors, visits, pageviews, bounce_rate, visit_duration from answer order by visitors desc limit :limit offset :offset
