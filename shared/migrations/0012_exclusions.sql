-- What a site leaves out of its numbers. Hosts are an allow-list, which is there already; the others are left out.
alter table sites
    add column excluded_addresses text[] not null default '{}',
    add column excluded_pages text[] not null default '{}',
    add column excluded_countries text[] not null default '{}';

grant update (allowed_hostnames, excluded_addresses, excluded_pages, excluded_countries) on sites to p09_api;

-- `collect` knows the site of a key that is presented, as it knows that of a domain.
grant select (excluded_addresses, excluded_pages, excluded_countries) on sites to p09_collect;
create policy presented_key on sites for select to p09_collect
    using (id = (select k.site_id from keys k where k.sha256 = decode(nullif(current_setting('p09.key_sha256', true), ''), 'hex')));
alter policy collect_tracked_domain on sites
    using (
        domain = (select nullif(current_setting('p09.domain', true), ''))
        or id = (select k.site_id from keys k where k.sha256 = decode(nullif(current_setting('p09.key_sha256', true), ''), 'hex'))
    );
