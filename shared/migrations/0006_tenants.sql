-- A key that is being replaced works on for a while beside the new one.
alter table keys add column expires_at timestamptz;
grant update (expires_at) on keys to p09_api;

create table invitations (
    id uuid primary key,
    organisation_id uuid not null references organisations,
    role text not null check (role in ('owner', 'editor', 'viewer')),
    label text not null check (length(label) between 1 and 100),
    sha256 bytea not null unique,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by text,
    revoked_at timestamptz
);
create index on invitations (organisation_id, created_at);

alter table invitations enable row level security, force row level security;
create policy tenant on invitations using (organisation_id = any ((select p09_organisations())::uuid[]));
create policy backup_proof on invitations for select to p09_backup using (true);
create policy presented_invitation on invitations for select
    using (sha256 = (select decode(nullif(current_setting('p09.invitation_sha256', true), ''), 'hex')));

grant select, insert, update (accepted_at, accepted_by, revoked_at) on invitations to p09_api;
grant update (role), delete on members to p09_api;
