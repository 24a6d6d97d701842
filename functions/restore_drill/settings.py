from dataclasses import dataclass

from shared.platform.settings import PostgresSettings, ValkeySettings


@dataclass(frozen=True)
class Settings(PostgresSettings, ValkeySettings):
    """``backup_catalogue_bucket_name`` is set where a machine keeps its own backups, and what is Aurora's is empty there.

    ``postgres_shape`` is JSON: how Aurora makes a cluster like the running one. ``put_aside_days`` is for how long the database is
    kept that a promotion put aside.
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
    postgres_shape: str
