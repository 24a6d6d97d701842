from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """``outgoing_allowed`` are origins that need not be on the Internet, with spaces between: stage ``local`` names one."""

    stage: str
    operations_table_name: str
    slack_secret_arn: str
    webhooks_secret_arn: str
    email_topic_arn: str
    console_url: str
    outgoing_allowed: str
