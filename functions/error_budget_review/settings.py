from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    stage: str
    operations_table_name: str
    reports_bucket_name: str
    console_url: str
