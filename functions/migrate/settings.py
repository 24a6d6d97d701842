from dataclasses import dataclass

from shared.platform.settings import PostgresSettings


@dataclass(frozen=True)
class Settings(PostgresSettings):
    stage: str
    postgres_admin_secret_arn: str
    postgres_api_secret_arn: str
    postgres_collect_secret_arn: str
    postgres_query_secret_arn: str
    postgres_worker_secret_arn: str
    postgres_backup_secret_arn: str
    canary_secret_arn: str
