from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """``look_again_seconds`` is how long the workflow waits at most before it looks again."""

    stage: str
    operations_table_name: str
    promotion_workflow_arn: str
    pipeline_secret_arn: str
    github_url: str
    look_again_seconds: str
