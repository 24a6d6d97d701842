from dataclasses import dataclass

from shared.platform.settings import PostgresSettings


@dataclass(frozen=True)
class Settings(PostgresSettings):
    stage: str
    postgres_admin_secret_arn: str
