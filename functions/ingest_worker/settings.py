from dataclasses import dataclass

from shared.platform.settings import PostgresSettings, ValkeySettings


@dataclass(frozen=True)
class Settings(PostgresSettings, ValkeySettings):
    stage: str
    postgres_secret_arn: str
    event_bus_name: str
    archive_bucket_name: str
