from dataclasses import dataclass

from shared.platform.settings import PostgresSettings


@dataclass(frozen=True)
class Settings(PostgresSettings):
    stage: str
    postgres_secret_arn: str
    operations_table_name: str
