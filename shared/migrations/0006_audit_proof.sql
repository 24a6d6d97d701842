-- Who proves backups compares the audit trail as well.
create policy backup_proof on audit for select to p09_backup using (true);
create policy backup_proof on audit_heads for select to p09_backup using (true);
