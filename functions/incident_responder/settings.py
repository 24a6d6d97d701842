from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    stage: str
    operations_table_name: str
