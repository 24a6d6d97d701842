from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """``prometheus_url`` is empty where the edge metrics in CloudWatch are read."""

    stage: str
    operations_table_name: str
    metrics_namespace: str
    prometheus_url: str
