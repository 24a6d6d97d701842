from dataclasses import dataclass

from shared.platform.settings import PostgresSettings, ValkeySettings


@dataclass(frozen=True)
class Settings(PostgresSettings, ValkeySettings):
    """``valkey_user_id`` is ElastiCache's name for Valkey's user; empty where Valkey itself takes the change."""

    stage: str
    postgres_admin_secret_arn: str
    valkey_user_id: str
