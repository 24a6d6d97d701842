from dataclasses import dataclass

from shared.platform.settings import PostgresSettings


@dataclass(frozen=True)
class Settings(PostgresSettings):
    """``rotated_secret_arns`` are separated by commas."""

    stage: str
    postgres_secret_arn: str
    operations_table_name: str
    rotated_secret_arns: str
