from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """``backup_catalogue_bucket_name`` is set where a machine's own backups are read, and the AWS names are empty there.

    ``versioned_bucket_names`` are separated by commas.
    """

    stage: str
    operations_table_name: str
    reports_bucket_name: str
    console_url: str
    backup_catalogue_bucket_name: str
    backup_vault_name: str
    postgres_cluster_id: str
    postgres_cluster_arn: str
    valkey_group_id: str
    versioned_bucket_names: str
