from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    stage: str
    operations_table_name: str
    status_bucket_name: str
    status_url: str
