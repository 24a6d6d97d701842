from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    stage: str
    operations_table_name: str
    pipeline_secret_arn: str
    github_url: str
