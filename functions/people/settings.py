from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """``mail_from`` is empty where the stage sends no mail."""

    stage: str
    operations_table_name: str
    user_pool_id: str
    console_url: str
    mail_from: str
