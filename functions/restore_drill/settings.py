from dataclasses import dataclass

from shared.platform.settings import PostgresSettings, ValkeySettings


@dataclass(frozen=True)
class Settings(PostgresSettings, ValkeySettings):
    """``backup_catalogue_bucket_name`` is set where a machine keeps its own backups, and what is Aurora's is empty there.

    ``security_group_ids`` are separated by commas. ``put_aside_days`` is for how long the database is kept that a promotion put
    aside.
    """

    stage: str
    operations_table_name: str
    postgres_admin_secret_arn: str
    postgres_backup_secret_arn: str
    postgres_api_secret_arn: str
    postgres_collect_secret_arn: str
    postgres_query_secret_arn: str
    postgres_worker_secret_arn: str
    archive_bucket_name: str
    audit_bucket_name: str
    put_aside_days: str
    backup_catalogue_bucket_name: str
    postgres_cluster_id: str
    postgres_subnet_group: str
    postgres_parameter_group: str
    security_group_ids: str
    encryption_key_arn: str
    aurora_min_capacity: str
    aurora_max_capacity: str
