from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """``app_url`` and ``api_url`` are the public addresses: what customers use is what is checked."""

    stage: str
    operations_table_name: str
    metrics_namespace: str
    app_url: str
    api_url: str
    canary_secret_arn: str
