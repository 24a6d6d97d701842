from dataclasses import dataclass

from shared.platform.settings import PostgresSettings, ValkeySettings


@dataclass(frozen=True)
class Settings(PostgresSettings, ValkeySettings):
    """``identity_client_ids`` are those of people, separated by commas.

    ``limits`` is the runbook's table of that name as JSON; empty means that nobody is limited."""

    stage: str
    postgres_secret_arn: str
    event_bus_name: str
    operations_table_name: str
    identity_issuer: str
    identity_jwks_url: str
    identity_client_ids: str
    identity_pipeline_client_id: str
    restore_workflow_arn: str
    origin_secret_arn: str
    limits: str
